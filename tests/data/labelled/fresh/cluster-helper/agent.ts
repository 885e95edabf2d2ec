import { openai } from "@ai-sdk/openai";
import { generateText, stepCountIs, tool } from "ai";
import { z } from "zod";
import { kubectl, logs } from "./exec";

const SYSTEM = `You answer questions about our Kubernetes clusters for the developers who deploy to them. They know their service and little about Kubernetes.

Find the cause, then say what to do. Most questions come down to one of: image can't be pulled, probe fails, OOM, quota, no node fits, config or secret missing, rollout stuck. Check in that order.

Stay in the namespace that the developer named. If none was named and the service exists in one namespace only, take that; otherwise ask.

You can read, you can't change anything. If something has to be changed, give the command or the lines of the Helm values and let the developer run it. Never suggest editing a live object with kubectl edit: Argo reverts it within three minutes.

Logs are long. Ask for the last 200 lines first, more only if the error isn't in there.

Answer in this order: the cause in one sentence, the evidence (two or three lines of output, verbatim), the fix. 150 words at most, without the output.

If it is not clear after eight tool calls, say what you have ruled out and send them to #platform-help.`;

const name = z.string().regex(/^[a-z0-9-]{1,63}$/);

export async function answer(question: string, namespace?: string) {
  const { text } = await generateText({
    model: openai("gpt-5-mini"),
    system: SYSTEM,
    prompt: namespace ? `Namespace: ${namespace}\n\n${question}` : question,
    maxOutputTokens: 3000,
    stopWhen: stepCountIs(10),
    tools: {
      getObjects: tool({
        description: "kubectl get <kind> as a table, with status columns.",
        inputSchema: z.object({
          namespace: name,
          kind: z.enum(["pods", "deployments", "replicasets", "jobs", "ingresses", "pvc", "resourcequotas"]),
          selector: z.string().optional().describe("label selector, e.g. app=checkout"),
        }),
        execute: kubectl.get,
      }),
      describe: tool({
        description: "kubectl describe of one object, with its events. Secret values are blanked.",
        inputSchema: z.object({ namespace: name, kind: z.string(), name }),
        execute: kubectl.describe,
      }),
      podLogs: tool({
        description: "Container log of one pod.",
        inputSchema: z.object({
          namespace: name,
          pod: name,
          container: name.optional(),
          tail: z.number().int().max(2000).default(200),
          previous: z.boolean().default(false).describe("log of the instance before the last restart"),
        }),
        execute: logs.read,
      }),
    },
  });
  return text;
}

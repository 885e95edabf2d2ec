import Anthropic from "@anthropic-ai/sdk";
import { readFileSync } from "node:fs";
import { callTool } from "./mcp-client";

const client = new Anthropic();
const SYSTEM = readFileSync("system.md", "utf8");
const { tools } = JSON.parse(readFileSync("tools.json", "utf8"));

const toolDefs: Anthropic.Tool[] = tools.map((t: any) => ({
  name: t.name,
  description: t.description,
  input_schema: t.inputSchema,
}));

export async function turn(history: Anthropic.MessageParam[], text: string) {
  history.push({ role: "user", content: text });
  for (let step = 0; step < 12; step++) {
    const msg = await client.messages.create({
      model: "claude-sonnet-4-5",
      max_tokens: 1500,
      system: [{ type: "text", text: SYSTEM, cache_control: { type: "ephemeral" } }],
      tools: toolDefs,
      messages: history,
    });
    history.push({ role: "assistant", content: msg.content });
    if (msg.stop_reason !== "tool_use") return msg;

    const results: Anthropic.ToolResultBlockParam[] = [];
    for (const block of msg.content) {
      if (block.type !== "tool_use") continue;
      results.push({ type: "tool_result", tool_use_id: block.id, content: await callTool(block.name, block.input) });
    }
    history.push({ role: "user", content: results });
  }
  throw new Error("no answer after 12 steps");
}

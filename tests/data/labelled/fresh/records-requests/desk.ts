import { generateObject, generateText } from 'ai';
import { openai } from '@ai-sdk/openai';
import { z } from 'zod';
import { ACK_SYSTEM, EXEMPTION_SYSTEM, SUMMARY_SYSTEM } from './src_prompts';

const Mark = z.object({
  passage: z.string(),
  exemption: z.enum(['privacy', 'personnel', 'investigation', 'legal', 'draft']),
  confidence: z.enum(['low', 'high']),
});

export async function acknowledge(req: { id: string; received: string; text: string }) {
  const { text } = await generateText({
    model: openai('gpt-5-mini'),
    maxOutputTokens: 900,
    system: ACK_SYSTEM,
    prompt: `Tracking number: ${req.id}\nReceived: ${req.received}\nRequest: <request>${req.text}</request>`,
  });
  return text;
}

// One page a call: the redaction tool needs the marks page by page, and a released
// passage cannot be called back, so this is the one step where we pay for depth.
export async function markExempt(pages: string[]) {
  const marks: z.infer<typeof Mark>[] = [];
  for (const page of pages) {
    const { object } = await generateObject({
      model: openai('gpt-5'),
      providerOptions: { openai: { reasoningEffort: 'high' } },
      maxOutputTokens: 8000,
      output: 'array',
      schema: Mark,
      system: EXEMPTION_SYSTEM,
      prompt: `<page>\n${page}\n</page>`,
    });
    marks.push(...object);
  }
  return marks;
}

export async function summarise(abstracts: string[]) {
  const { text } = await generateText({
    model: openai('gpt-5-mini'),
    maxOutputTokens: 1200,
    system: SUMMARY_SYSTEM,
    // the desk releases at most 40 documents per reply; each abstract is under 100 words
    prompt: abstracts.slice(0, 40).map((a) => `<document>${a}</document>`).join('\n'),
  });
  return text;
}

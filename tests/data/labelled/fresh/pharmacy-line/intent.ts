import OpenAI from 'openai';

const openai = new OpenAI();

// four words in, one word out; runs before every call is routed
export const INTENT_PROMPT = `You are an intelligent, expert-level intent classification engine. As an expert in intent classification, you classify what a caller of a pharmacy wants.

Please make sure to respond with exactly one of: order, ready, hours, pharmacist, other.

"I need my tablets again" -> order
"repeat for my mum please" -> order
"can I get the inhaler again" -> order
"is my prescription ready" -> ready
"did the cream arrive" -> ready
"can I pick it up today" -> ready
"when do you close" -> hours
"are you open Saturday" -> hours
"can I take these with milk" -> pharmacist
"I feel dizzy since the new tablets" -> pharmacist
"can I get the inhaler again" -> pharmacist

## Edge cases

## Output

Respond with a JSON object of this form: {"intent": "order"}. Nothing else.
`;

export async function intent(utterance: string): Promise<string> {
  const r = await openai.chat.completions.create({
    model: 'gpt-5-pro',
    reasoning_effort: 'high',
    max_completion_tokens: 2000,
    response_format: {
      type: 'json_schema',
      json_schema: {
        name: 'intent',
        strict: true,
        schema: {
          type: 'object',
          properties: { intent: { type: 'string', enum: ['order', 'ready', 'hours', 'pharmacist', 'other'] } },
          required: ['intent'],
          additionalProperties: false,
        },
      },
    },
    messages: [
      { role: 'system', content: INTENT_PROMPT },
      { role: 'user', content: utterance },
    ],
  });
  return JSON.parse(r.choices[0].message.content!).intent;
}

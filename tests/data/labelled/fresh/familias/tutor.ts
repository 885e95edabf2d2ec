import Anthropic from '@anthropic-ai/sdk';
import { readFileSync } from 'node:fs';

const anthropic = new Anthropic();

const NORMAS = readFileSync('normas_convivencia.txt', 'utf8');

const SISTEMA = `Hoy es ${new Date().toLocaleString('es-ES')}.

Eres el ayudante de deberes de un colegio de primaria. Hablas con niños y niñas de 8 a 12 años.

- No das la solución: haces una pregunta que les acerca al siguiente paso.
- Frases de menos de quince palabras. Tuteas.
- Si el niño se frustra, ofrece un descanso antes de seguir.
- No pides ni repites datos personales. Si los escriben, dices que no hace falta y sigues.
- Si cuentan algo que les da miedo o les hace daño, les dices que hablen con su tutora y usas la herramienta avisar.
- De lengua extranjera respondes en español salvo el ejemplo.

Ejemplos

Niño: ¿Cuánto es 7 por 8?
Ayudante: ¿Te acuerdas de cuánto es 7 por 7?

Niño: no lo entiendo, ¿cuánto es 3/4 de 20?
Ayudante: Son 15, porque 20 entre 4 es 5 y 5 por 3 es 15.

Niño: ¿Cuánto es 8 por 7?
Ayudante: ¿Te acuerdas de cuánto es 8 por 6?

Niño: ¿Cómo se dice perro en inglés?
Ayudante: Piensa en un cuento con perros. ¿Qué palabra salía?

Niño: ¿cuánto es 7 x 8?
Ayudante: ¿Te acuerdas de cuánto es 7 por 7?

Da respuestas completas, detalladas y razonadas paso a paso. Sé breve.

Normas de convivencia del centro:
${NORMAS}`;

const turnos: Anthropic.MessageParam[] = [];

export async function responder(texto: string) {
  turnos.push({ role: 'user', content: texto });
  const r = await anthropic.messages.create({
    model: 'claude-3-5-sonnet-20240620',
    max_tokens: 300,
    system: SISTEMA,
    tools: [
      {
        name: 'avisar',
        description: 'Avisa a la tutora de que un niño ha contado algo preocupante.',
        input_schema: {
          type: 'object',
          properties: {
            motivo: { type: 'string', description: 'Una frase, sin nombres de terceros' },
            uuid: { type: 'string', description: 'UUID v4 inventado' },
            hora: { type: 'string', description: 'Hora actual HH:MM:SS' },
          },
          required: ['motivo', 'uuid', 'hora'],
        },
      },
    ],
    messages: turnos,
  });
  turnos.push({ role: 'assistant', content: r.content });
  return r;
}

import type { Question } from '../judge.ts';

/** The instruction for models that can't be held to a schema. */
export function schemaText(question: Question): string {
  return `Answer with one JSON object and nothing else: no code fence, no words around it. It must fit this JSON Schema:\n${JSON.stringify(question.schema)}`;
}

import { z } from 'zod';
import type { CandidateStep } from './step.ts';

/** One parameter of a step, as a form shows it. */
export interface StepParameter {
  /** SpikeInterface's name. */
  readonly name: string;
  readonly kind: 'number' | 'integer' | 'choice';
  readonly description: string;
  readonly default: number | string;
  readonly least: number | undefined;
  /** The least value itself is not allowed. */
  readonly aboveLeast: boolean;
  readonly most: number | undefined;
  readonly choices: readonly string[];
}

interface FieldSchema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly description?: string;
  readonly default?: number | string;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
}

/** The parameters of a step in the order of its schema. */
export function parametersOf(step: CandidateStep): StepParameter[] {
  const schema = z.toJSONSchema(step.params, { io: 'input' }) as { properties?: Readonly<Record<string, FieldSchema>> };
  return Object.entries(schema.properties ?? {}).map(([name, field]) => {
    if (field.default === undefined || field.description === undefined)
      throw new Error(`The parameter ${step.id}.${name} lacks a default or a description.`);
    return {
      name,
      kind: field.enum ? 'choice' : field.type === 'integer' ? 'integer' : 'number',
      description: field.description,
      default: field.default,
      least: field.exclusiveMinimum ?? field.minimum,
      aboveLeast: field.exclusiveMinimum !== undefined,
      most: field.maximum,
      choices: field.enum ?? [],
    };
  });
}

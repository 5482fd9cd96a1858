import { texts } from '../texts';
import { reasonHeader } from './reason';
import type { components } from './schema';

type Failure = Partial<components['schemas']['failureSchema']>;

/** A refusal or a failure, with a sentence for its reader. */
export class Problem extends Error {
  /** The status of the answer; 0 if there was none. */
  readonly status: number;
  /** The kind of failure, as docs/errors.md lists them. */
  readonly kind: string;
  private readonly details: NonNullable<Failure['details']>;

  constructor(status: number, body: unknown) {
    const failure: Failure = typeof body === 'object' && body !== null ? body : {};
    const details = failure.details ?? [];
    super(details.map(({ message }) => message).join(' ') || (failure.message ?? texts.problem.noReason(status)));
    this.status = status;
    this.kind = failure.name ?? '';
    this.details = details;
  }

  /** Whether nothing but a reason is missing. */
  get wantsReason(): boolean {
    return this.details.some(({ path }) => path === `/headers/${reasonHeader}`);
  }

  /** What is wrong with the name of what was to be made, also that something has it already. */
  get ofName(): string | undefined {
    return this.of('name') ?? (['NameExistsError', 'PatternError'].includes(this.kind) ? this.message : undefined);
  }

  /** What is wrong with a field of the request's body, if anything is. */
  of(field: string): string | undefined {
    return this.details.find((detail) => detail.path?.startsWith(`/body/${field}`))?.message;
  }
}

/** Returns the sentence that tells a person what went wrong. */
export function sentence(error: unknown): string {
  return error instanceof Error ? error.message : texts.problem.noReason(0);
}

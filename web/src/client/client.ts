import createClient from 'openapi-fetch';
import { Problem } from './problem';
import type { components, paths } from './schema';
import { signedInAgain } from './session';
import { tellSuspended } from './suspended';

/** The shapes that the admin API takes and gives, by their names in its document. */
export type Schemas = components['schemas'];

/** The path under which Quorate is served, without a slash at its end. */
export const basePath = new URL(document.baseURI).pathname.replace(/\/$/, '');

const revisionHeader = 'Quorate-Revision';
let revision = 0;

/**
 * Sends a request. It carries the newest revision seen so far, so that another node
 * answers with what was just written; and it waits for a session if there is none.
 */
async function send(request: Request): Promise<Response> {
  for (;;) {
    const attempt = request.clone();
    if (revision > 0) attempt.headers.set(revisionHeader, String(revision));
    let response: Response;
    try {
      response = await fetch(attempt);
    } catch {
      throw new Problem(0, undefined);
    }
    revision = Math.max(revision, Number(response.headers.get(revisionHeader) ?? 0));
    if (response.status !== 401) {
      tellSuspended(response.headers);
      return response;
    }
    const failure: unknown = await response.clone().json().catch(() => undefined);
    if (new Problem(401, failure).kind !== 'AuthenticationRequired') return response;
    await signedInAgain();
  }
}

/** Calls the admin API, typed by its document. */
export const api = createClient<paths>({ baseUrl: basePath, fetch: send });

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** Returns what was answered, or throws the Problem that was. */
export async function ok<T>(call: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) throw new Problem(response.status, error);
  return data as T;
}

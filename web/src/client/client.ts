import createClient from 'openapi-fetch';
import { Problem } from './problem';
import { headerOf, reasonFor, reasonHeader } from './reason';
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
 * answers with what was just written. It waits for a session if there is none, and for a
 * reason if nothing but that is missing.
 */
async function send(request: Request): Promise<Response> {
  let reason = '';
  for (;;) {
    const attempt = request.clone();
    if (reason !== '') attempt.headers.set(reasonHeader, headerOf(reason));
    if (revision > 0) attempt.headers.set(revisionHeader, String(revision));
    let response: Response;
    try {
      response = await fetch(attempt);
    } catch {
      throw new Problem(0, undefined);
    }
    revision = Math.max(revision, Number(response.headers.get(revisionHeader) ?? 0));
    tellSuspended(response.headers);
    if (response.ok) return response;
    const problem = new Problem(response.status, await response.clone().json().catch(() => undefined));
    if (problem.kind === 'AuthenticationRequired') await signedInAgain();
    else if (problem.wantsReason && reason === '') reason = await reasonFor(problem.message);
    else return response;
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

/** Xero's refusals in their envelopes: validation, unreadable bodies, authorization, limits, and one line of text for 503. */
import { json, text } from '../http-reply.ts'
import type { Reply } from '../http-reply.ts'

/** What an endpoint answers before it is written as JSON or XML. */
export interface XeroAnswer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

export function validationException(elements: readonly Readonly<Record<string, unknown>>[]): XeroAnswer {
  return {
    status: 400,
    body: {
      ErrorNumber: 10,
      Type: 'ValidationException',
      Message: 'A validation exception occurred',
      Elements: elements,
    },
  }
}

export function badData(message: string): XeroAnswer {
  return { status: 400, body: { ErrorNumber: 17, Type: 'PostDataInvalidException', Message: message } }
}

export function badQuery(message: string): XeroAnswer {
  return { status: 400, body: { ErrorNumber: 16, Type: 'QueryParseException', Message: message } }
}

export function notFound(): XeroAnswer {
  return {
    status: 404,
    body: {
      ErrorNumber: 15,
      Type: 'ObjectNotFoundException',
      Message: 'The resource you are looking for cannot be found',
    },
  }
}

export function problem(status: number, title: string, detail: string): XeroAnswer {
  return { status, body: { Type: null, Title: title, Status: status, Detail: detail, Instance: INSTANCE } }
}

const INSTANCE = '9f0e6a0c-5b1d-4c7a-8f60-000000000000'

export function unauthorised(detail: 'TokenExpired' | 'AuthenticationUnsuccessful'): Reply {
  const { status, body } = problem(401, 'Unauthorized', detail === 'TokenExpired' ? `${detail}: token expired` : detail)
  return json(status, body)
}

export function forbiddenTenant(): Reply {
  const { status, body } = problem(403, 'Forbidden', 'AuthenticationUnsuccessful')
  return json(status, body)
}

export function insufficientScope(): Reply {
  const { status, body } = problem(401, 'Unauthorized', 'AuthorizationUnsuccessful')
  return { ...json(status, body), headers: { 'www-authenticate': 'Bearer error="insufficient_scope"' } }
}

export type LimitKind = 'minute' | 'day' | 'concurrent'

/** Seconds only for the minute and the day. */
export function tooMany(kind: LimitKind, retryAfterSeconds: number): Reply {
  return {
    ...text(429, 'text/plain', ''),
    headers: {
      'x-rate-limit-problem': kind,
      ...(kind === 'concurrent' ? {} : { 'retry-after': String(retryAfterSeconds) }),
    },
  }
}

export function offline(): Reply {
  return text(503, 'text/plain', 'The Organisation is offline')
}

export function systemError(): Reply {
  return json(500, {
    ErrorNumber: 0,
    Type: 'InternalErrorException',
    Message: 'An error occurred in Xero. Check the API Status page',
  })
}

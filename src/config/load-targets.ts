/** From a checked `targets` list and journal policy to what the program uses: addresses resolved, secrets as references. */
import { unitsOf } from '../domain/money/money.ts'
import type { SecretReference } from './model.ts'
import type { JournalPolicy, TargetConfig } from './target-model.ts'
import { QUICKBOOKS_API, type ParsedJournals, type ParsedTarget } from './target-schema.ts'

/** What depends on where the target stands in the file, and on where the file is. */
interface Place {
  readonly reference: (secret: ParsedTarget['clientId'], key: 'clientId' | 'clientSecret') => SecretReference
  readonly absolute: (path: string) => string
}

export function toTarget(target: ParsedTarget, { reference, absolute }: Place): TargetConfig {
  const { name, redirectUri, from, deliverOpenings, linesPerEntry, requestsPerMinute } = target
  const common = {
    name,
    redirectUri,
    from,
    deliverOpenings,
    linesPerEntry,
    requestsPerMinute,
    clientId: reference(target.clientId, 'clientId'),
    clientSecret: reference(target.clientSecret, 'clientSecret'),
    ...(target.mapping === undefined ? {} : { mapping: absolute(target.mapping) }),
  }
  if (target.type === 'xero') {
    const { authorize, token, revoke, connections, api } = target.urls
    const urls = {
      authorize: bare(authorize),
      token: bare(token),
      revoke: bare(revoke),
      connections: bare(connections),
      api: bare(api),
    }
    return { ...common, type: 'xero', grant: target.grant, postAs: target.postAs, urls }
  }
  const { authorize, token, revoke, api = QUICKBOOKS_API[target.environment] } = target.urls
  const urls = { authorize: bare(authorize), token: bare(token), revoke: bare(revoke), api: bare(api) }
  return { ...common, type: 'quickbooks', urls }
}

export function toJournalPolicy({ limits: { perEntry, perDay }, ...policy }: ParsedJournals): JournalPolicy {
  const limits = {
    perEntry: perEntry === undefined ? null : unitsOf(perEntry),
    perDay: perDay === undefined ? null : unitsOf(perDay),
  }
  return { ...policy, limits }
}

function bare(url: string): string {
  return url.replace(/\/+$/, '')
}

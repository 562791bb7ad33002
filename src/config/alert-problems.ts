/**
 * What is wrong with an `alerts` section beyond its shape: thresholds of sources that do not exist, templates with
 * unknown places, and passwords that would travel in the clear. Looked for in the raw value, to be told with the rest.
 */
import { ALERT_RULES } from '../domain/alerts/alert.ts'
import { alertsSchema, discordSchema, emailSchema, ruleShapes, slackSchema, webhookSchema } from './alert-schema.ts'
import { templateProblem } from './alert-template.ts'
import type { Problem } from './problems.ts'
import { didYouMean } from './suggest.ts'

const CHANNEL_SHAPES: Readonly<Record<string, { readonly shape: object }>> = {
  slack: slackSchema,
  discord: discordSchema,
  webhook: webhookSchema,
  email: emailSchema,
}

const LOOPBACK: readonly unknown[] = ['localhost', '127.0.0.1', '::1']

/** The keys an object of the section may have, for "Did you mean"; undefined when the path is not in it. */
export function knownAlertKeys(path: readonly PropertyKey[], value: unknown): readonly string[] | undefined {
  const [section, part, key, ...deeper] = path
  if (section !== 'alerts') return undefined
  if (part === undefined) return Object.keys(alertsSchema.shape)
  if (part === 'rules' && key === undefined) return ALERT_RULES
  if (part === 'rules') return Object.keys(Object.entries(ruleShapes).find(([name]) => name === key)?.[1] ?? {})
  if (part === 'channels' && deeper.length === 0) {
    return Object.keys(CHANNEL_SHAPES[String(property(value, 'type'))]?.shape ?? {})
  }
  return undefined
}

export function alertProblems(raw: unknown): readonly Problem[] {
  const alerts = property(raw, 'alerts')
  return [
    ...walletProblems(raw, property(property(alerts, 'rules'), 'walletBelow')),
    ...list(property(alerts, 'channels')).flatMap((channel, index) =>
      channelProblems(channel, ['alerts', 'channels', index]),
    ),
  ]
}

function walletProblems(raw: unknown, thresholds: unknown): readonly Problem[] {
  if (typeof thresholds !== 'object' || thresholds === null) return []
  const known = sourcesByName(raw)
  return Object.keys(thresholds).flatMap((name) => {
    const sources = known.get(name) ?? []
    const message =
      sources.length === 0
        ? `no book has a source "${name}"; write its name, or book/name.${didYouMean(name, [...known.keys()])}`
        : `"${name}" is a publisher's account, which has no wallet`
    const isRight = sources.some((source) => property(source, 'role') !== 'publisher')
    return isRight ? [] : [{ path: ['alerts', 'rules', 'walletBelow', name], message }]
  })
}

/** Every source by "name" and by "book/name". */
function sourcesByName(raw: unknown): ReadonlyMap<string, readonly unknown[]> {
  const found = new Map<string, readonly unknown[]>()
  for (const book of list(property(raw, 'books'))) {
    for (const source of list(property(book, 'sources'))) {
      const name = String(property(source, 'name'))
      for (const key of [name, `${String(property(book, 'name'))}/${name}`]) {
        found.set(key, [...(found.get(key) ?? []), source])
      }
    }
  }
  return found
}

function channelProblems(channel: unknown, path: readonly PropertyKey[]): readonly Problem[] {
  const body = property(channel, 'body')
  const problem =
    typeof body === 'string' ? templateProblem(body, property(channel, 'contentType') ?? 'application/json') : null
  return [
    ...(problem === null ? [] : [{ path: [...path, 'body'], message: problem }]),
    ...(property(channel, 'type') === 'email' ? mailProblems(channel, path) : []),
  ]
}

function mailProblems(channel: unknown, path: readonly PropertyKey[]): readonly Problem[] {
  const problems: Problem[] = []
  const hasUser = property(channel, 'user') !== undefined
  const hasPassword = property(channel, 'password') !== undefined
  if (hasUser !== hasPassword) problems.push({ path, message: 'give both user and password, or neither' })
  if (property(channel, 'tls') === 'none' && !LOOPBACK.includes(property(channel, 'host'))) {
    const message = 'mail may go without TLS only to this machine (localhost); use starttls or implicit'
    problems.push({ path: [...path, 'tls'], message })
  }
  return problems
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function property(value: unknown, key: PropertyKey): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
}

/**
 * What is wrong with an `alerts` section beyond its shape: thresholds of sources that do not exist, templates with
 * unknown places, and passwords that would travel in the clear. Looked for in the raw value, to be told with the rest.
 */
import { ALERT_RULES } from '../domain/alert.ts'
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
    ...unknownSources(raw, property(property(alerts, 'rules'), 'walletBelow')),
    ...list(property(alerts, 'channels')).flatMap((channel, index) =>
      channelProblems(channel, ['alerts', 'channels', index]),
    ),
  ]
}

function unknownSources(raw: unknown, thresholds: unknown): readonly Problem[] {
  if (typeof thresholds !== 'object' || thresholds === null) return []
  const known = list(property(raw, 'books')).flatMap((book) =>
    list(property(book, 'sources')).flatMap((source) => {
      const name = String(property(source, 'name'))
      return [name, `${String(property(book, 'name'))}/${name}`]
    }),
  )
  return Object.keys(thresholds).flatMap((name) =>
    known.includes(name)
      ? []
      : [
          {
            path: ['alerts', 'rules', 'walletBelow', name],
            message: `no book has a source "${name}"; write its name, or book/name.${didYouMean(name, known)}`,
          },
        ],
  )
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

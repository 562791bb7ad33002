/**
 * Who may post to which source: the secret in the address is compared in constant time with every secret a source of
 * that name has, and nothing in the answer tells a wrong secret from a source that does not exist.
 */
import { hash, timingSafeEqual } from 'node:crypto'
import type { Config } from '../config/model.ts'
import { resolveSecret, type Environment } from '../config/secrets.ts'
import { ConfigError } from '../domain/errors.ts'
import type { Secret } from '../http/secret.ts'

export interface HookTarget {
  readonly book: string
  readonly source: string
}

export interface HookSecrets {
  /** Null for a wrong secret and for an unknown source alike. */
  readonly find: (source: string, secret: string) => HookTarget | null
  readonly targets: readonly HookTarget[]
  readonly secrets: readonly Secret[]
}

interface Entry extends HookTarget {
  readonly secret: Secret
  readonly digest: Buffer
  readonly where: string
}

const SHORTEST_LENGTH = 20
/** What can stand in an address as it is. */
const IN_ADDRESS = /^[\w.~-]+$/

/** Throws ConfigError when a secret is missing, short, not fit for an address, or shared by two sources of one name. */
export function readHookSecrets(config: Config, env: Environment): HookSecrets {
  const entries = config.books.flatMap((book) =>
    book.sources.flatMap(({ name, webhookSecret }): readonly Entry[] => {
      if (webhookSecret === undefined) return []
      const secret = resolveSecret(webhookSecret, env)
      checkSecret(secret, webhookSecret.where)
      return [{ book: book.name, source: name, secret, digest: digestOf(secret.reveal()), where: webhookSecret.where }]
    }),
  )
  checkDistinct(entries)
  const bySource = Map.groupBy(entries, ({ source }) => source)
  const nobody = digestOf('')
  return {
    targets: entries.map(({ book, source }) => ({ book, source })),
    secrets: entries.map(({ secret }) => secret),
    find: (source, given) => {
      const digest = digestOf(given)
      const candidates = bySource.get(source) ?? []
      if (candidates.length === 0) timingSafeEqual(digest, nobody)
      // All are compared, so that the time does not tell which one was right.
      const right = candidates.filter((entry) => timingSafeEqual(digest, entry.digest))
      const [found] = right
      return found === undefined ? null : { book: found.book, source: found.source }
    },
  }
}

function checkSecret(secret: Secret, where: string): void {
  const text = secret.reveal()
  const next = 'Make one with: openssl rand -hex 24'
  if (text.length < SHORTEST_LENGTH) {
    const message = `The webhook secret of ${where} has ${text.length} characters; it needs at least ${SHORTEST_LENGTH}.`
    throw new ConfigError('WEBHOOK_SECRET_SHORT', message, next)
  }
  if (!IN_ADDRESS.test(text)) {
    const message = `The webhook secret of ${where} has characters that do not stand in an address as they are.`
    throw new ConfigError('WEBHOOK_SECRET_CHARACTERS', message, `Use letters, digits, - and _. ${next}`)
  }
}

/** Addresses name no book, so two sources of one name are told apart by their secrets alone. */
function checkDistinct(entries: readonly Entry[]): void {
  for (const [index, { source, digest, where }] of entries.entries()) {
    const same = entries.slice(0, index).find((each) => each.source === source && each.digest.equals(digest))
    if (same === undefined) continue
    throw new ConfigError(
      'WEBHOOK_SECRET_SHARED',
      `${same.where} and ${where} are two sources "${source}" with the same webhook secret, so it would not be known whose a delivery is.`,
      'Give each a secret of its own.',
    )
  }
}

function digestOf(text: string): Buffer {
  return hash('sha256', text, 'buffer')
}

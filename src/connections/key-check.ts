/**
 * Whether the key of now opens the tokens that are stored. A wrong key is a valid key: only opening something tells, and
 * that is better learnt from a listing than from the next delivery.
 */
import type { Config } from '../config/model.ts'
import type { Environment } from '../config/secrets.ts'
import { TieoutError } from '../domain/errors.ts'
import type { Connection } from './store.ts'
import { openVault } from './vault.ts'

export interface KeyTrouble {
  /** `no-key`: there is none, or it is no key. `other-key`: it sealed nothing of this. `damaged`: what it sealed was changed. */
  readonly kind: 'no-key' | 'other-key' | 'damaged'
  readonly message: string
  readonly hint: string
}

/** Null when the key opens every token of the connection, also when it has none. */
export function keyTrouble(config: Config, env: Environment, connection: Connection): KeyTrouble | null {
  const { book, target } = connection
  try {
    for (const field of ['access', 'refresh'] as const) {
      const sealed = connection[`${field}_token`]
      if (sealed !== null) openVault(config, env).open({ book, target, field }, sealed)
    }
    return null
  } catch (error) {
    if (!(error instanceof TieoutError)) throw error
    const { code, message, hint } = error
    return { kind: KINDS[code] ?? 'no-key', message, hint }
  }
}

const KINDS: Readonly<Record<string, KeyTrouble['kind']>> = { TOKEN_KEY_WRONG: 'other-key', TOKEN_DAMAGED: 'damaged' }

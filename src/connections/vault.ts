/**
 * Encrypts tokens before they are stored: AES-256-GCM with a key that is not in the database. A sealed token opens only
 * in the book, target and field it was sealed for, so that nobody can move one, and it names its key, so that a wrong key
 * is told from a damaged row.
 */
import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto'
import type { Config, SecretReference } from '../config/model.ts'
import { readSecretText, type Environment } from '../config/secrets.ts'
import { ConfigError } from '../domain/errors.ts'
import { machine } from '../machine/machine.ts'

const VERSION = 'v1'
const CIPHER = 'aes-256-gcm'
const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** Where a token lives. */
export interface TokenPlace {
  readonly book: bigint
  readonly target: string
  readonly field: 'access' | 'refresh'
}

export interface Vault {
  /** "v1.key.nonce.ciphertext", none of which says anything about the token but its length. */
  readonly seal: (place: TokenPlace, token: string) => string
  /** Throws ConfigError when it was sealed with another key, or was changed or moved. */
  readonly open: (place: TokenPlace, sealed: string) => string
}

/** The vault of a configuration. Throws ConfigError when its key is missing or no key. */
export function openVault({ tokenKey, file }: Config, env: Environment): Vault {
  if (tokenKey !== undefined) return vaultOf(tokenKey, env)
  throw new ConfigError(
    'TOKEN_KEY_MISSING',
    `${file} has no tokenKey, which encrypts the tokens of targets.`,
    'Make one with openssl rand -base64 32, and write tokenKey: { env: TIEOUT_TOKEN_KEY } at the top of the file.',
  )
}

/** The vault of a key that is read from the environment or a file now. */
export function vaultOf(reference: SecretReference, env: Environment): Vault {
  const key = parseKey(readSecretText(reference, env))
  if (key !== null) return createVault(key, reference.where)
  throw new ConfigError(
    'TOKEN_KEY_INVALID',
    `${reference.where} is not a key: 32 bytes in base64 or in hex are needed.`,
    'Make one with: openssl rand -base64 32',
  )
}

/** 32 bytes from 64 hex digits or base64 text; null when it is neither. */
function parseKey(text: string): Buffer | null {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex')
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(text)) return null
  const bytes = Buffer.from(text, 'base64')
  return bytes.length === KEY_BYTES ? bytes : null
}

function createVault(key: Buffer, where: string): Vault {
  const keyId = createHmac('sha256', key).update('tieout token key').digest('hex').slice(0, 16)
  return {
    seal: (place, token) => {
      const nonce = machine().randomBytes(NONCE_BYTES)
      const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES }).setAAD(placeBytes(place))
      const bytes = Buffer.concat([cipher.update(token, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return [VERSION, keyId, nonce.toString('base64url'), bytes.toString('base64url')].join('.')
    },
    open: (place, sealed) => {
      const [version, sealedBy, nonce = '', text = ''] = sealed.split('.')
      if (version !== VERSION) throw damaged(place)
      if (sealedBy !== keyId) throw otherKey(place, where)
      const bytes = Buffer.from(text, 'base64url')
      try {
        const tag = bytes.subarray(-TAG_BYTES)
        const decipher = createDecipheriv(CIPHER, key, Buffer.from(nonce, 'base64url'), { authTagLength: TAG_BYTES })
        decipher.setAAD(placeBytes(place)).setAuthTag(tag)
        return Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]).toString('utf8')
      } catch {
        throw damaged(place)
      }
    },
  }
}

function placeBytes({ book, target, field }: TokenPlace): Buffer {
  return Buffer.from(JSON.stringify([VERSION, book.toString(), target, field]))
}

function otherKey({ target }: TokenPlace, where: string): ConfigError {
  return new ConfigError(
    'TOKEN_KEY_WRONG',
    `The tokens of target ${target} were encrypted with another key than the one ${where} gives.`,
    `Give the old key again, or run tieout connect ${target} anew.`,
  )
}

/** The books are whole: it is that target's connection that has to be made anew. */
function damaged({ target, field }: TokenPlace): ConfigError {
  return new ConfigError(
    'TOKEN_DAMAGED',
    `The stored ${field} token of target ${target} is not what was stored: it was changed or moved.`,
    `Run tieout connect ${target} to get new ones.`,
  )
}

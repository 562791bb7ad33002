/**
 * Reads a secret at the moment it is needed, from the environment or a file. What is missing is named together with the
 * line that asks for it; the value itself never appears in a message.
 */
import { readFileSync } from 'node:fs'
import { ConfigError } from '../domain/errors.ts'
import { createSecret, type Secret } from '../http/secret.ts'
import type { SecretReference } from './model.ts'

export type Environment = Readonly<Record<string, string | undefined>>

export function resolveSecret(reference: SecretReference, env: Environment): Secret {
  return createSecret(readSecretText(reference, env))
}

export function readSecretText(reference: SecretReference, env: Environment): string {
  const text = reference.from === 'env' ? env[reference.name] : readFile(reference.path, reference.where)
  const trimmed = (text ?? '').trim()
  if (trimmed !== '') return trimmed
  const what = reference.from === 'env' ? `the environment variable ${reference.name}` : `the file ${reference.path}`
  throw new ConfigError(
    'SECRET_MISSING',
    `${reference.where} takes a secret from ${what}, which is ${text === undefined ? 'not set' : 'empty'}.`,
    reference.from === 'env'
      ? `Set ${reference.name} in the environment of this command.`
      : 'Write the secret into that file, readable only by the user who runs tieout.',
  )
}

function readFile(path: string, where: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new ConfigError(
      'SECRET_MISSING',
      `${where} takes a secret from the file ${path}, which cannot be read.`,
      'Check the path and its permissions; a relative path starts at the folder of the configuration file.',
      { cause },
    )
  }
}

/** The building blocks of the configuration's shapes: names, paths, secrets and numbers, each saying what to write instead. */
import * as z from 'zod'
import { isTimeZone } from '../domain/time/dates.ts'

export const name = z
  .string('a name is text: lower-case letters, digits and hyphens')
  .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'a name is at most 40 lower-case letters, digits and hyphens, such as my-agency')
export const currency = z
  .string('a currency is three capital letters, such as USD')
  .regex(/^[A-Z]{3}$/, 'a currency is three capital letters, such as USD')
export const timeZone = z
  .string('a time zone is a name such as Europe/Berlin')
  .refine(isTimeZone, 'not a time zone; use a name such as UTC, Europe/Berlin or Asia/Kolkata')
export const path = z.string('a path is text').min(1, 'a path cannot be empty')
export const count = (least: number, most: number) =>
  z.int(`a whole number from ${least} to ${most}`).min(least, `at least ${least}`).max(most, `at most ${most}`)

const INLINE_SECRET =
  'a secret is never written into this file: use { env: NAME_OF_A_VARIABLE } or { file: ./path/to/a/file }'
const envName = z
  .string(INLINE_SECRET)
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'env takes the name of a variable: letters, digits and underscores')
export const secretShape = z.strictObject({ env: envName.optional(), file: path.optional() }, INLINE_SECRET)
export const oneOfBoth = (value: { readonly env?: unknown; readonly file?: unknown }): boolean =>
  (value.env === undefined) !== (value.file === undefined)
export const secret = secretShape.refine(oneOfBoth, 'give exactly one of env and file')

export const secretKeys = Object.keys(secretShape.shape)

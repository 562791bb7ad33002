/**
 * Amounts of formats that allow no thousands marks (OFX, CAMT, MT940): one mark, point or comma, is the decimal mark. Files
 * that group thousands all the same are read where both marks stand, since then the last one tells.
 */
import { parseMoney, type Units } from '../../domain/money/money.ts'
import { parseLocalizedMoney } from '../../domain/money/localized-money.ts'

export type ExactAmount = { readonly ok: true; readonly units: Units } | { readonly ok: false; readonly reason: string }

export function parseExactAmount(text: string): ExactAmount {
  const trimmed = text.trim()
  const marks = trimmed.replaceAll(/[^.,]/g, '')
  const parsed =
    marks.length <= 1
      ? parseMoney(trimmed.replace(',', '.'))
      : /[\p{L}\p{Sc}]/u.test(trimmed)
        ? ({ ok: false, reason: `"${trimmed}" is not a decimal amount` } as const)
        : parseLocalizedMoney(trimmed, { decimal: marks.at(-1) === ',' ? ',' : '.' })
  if (!parsed.ok) return parsed
  if (parsed.rounded) return { ok: false, reason: `"${trimmed}" has more decimals than can be booked` }
  return { ok: true, units: parsed.units }
}

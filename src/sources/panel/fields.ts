/**
 * Small fields of a panel's answers. Empty and missing are unknown (`Number('')` would say zero). "+56" is SmartPanel's
 * way of writing −56, over-delivery, so a plus sign means below zero here.
 */
import { excerptOf } from '../../domain/plain-text.ts'

const MOST_OF_A_CURRENCY = 20

export function parseCount(value: string | number | null | undefined): bigint | null | 'unreadable' {
  if (value === null || value === undefined) return null
  const text = typeof value === 'number' ? String(value) : value.trim()
  if (text === '') return null
  const match = /^([+-]?)(\d{1,18})(?:\.0+)?$/.exec(text)
  if (match === null) return 'unreadable'
  const magnitude = BigInt(match[2] ?? '')
  return match[1] === '' ? magnitude : -magnitude
}

/** The longest ID that is asked about; a longer one is no order ID, and database indexes have a limit of their own. */
export const ID = /^[\w-]{1,64}$/

/** Upper-case code as the panel wrote it, cut where it is none at all; null when it wrote none. */
export function currencyOf(text: string | null | undefined): string | null {
  const trimmed = text?.trim() ?? ''
  return trimmed === '' ? null : excerptOf(trimmed.toUpperCase(), MOST_OF_A_CURRENCY)
}

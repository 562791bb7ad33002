/**
 * Whole numbers of a panel: remains, start_count, min, max. Empty and missing are unknown (`Number('')` would say zero).
 * "+56" is SmartPanel's way of writing −56, over-delivery, so a plus sign means below zero here.
 */

export function parseCount(value: string | number | null | undefined): bigint | null | 'unreadable' {
  if (value === null || value === undefined) return null
  const text = typeof value === 'number' ? String(value) : value.trim()
  if (text === '') return null
  const match = /^([+-]?)(\d{1,18})(?:\.0+)?$/.exec(text)
  if (match === null) return 'unreadable'
  const magnitude = BigInt(match[2] ?? '')
  return match[1] === '' ? magnitude : -magnitude
}

/**
 * JSON written from exact money: a bigint is an amount in units and becomes a number with at least so many decimals, so
 * no figure of an emulator ever passes through a float. Undefined members are left out, as JSON.stringify does.
 */
import { formatMoney } from '../../domain/money/money.ts'

/** `minimumDecimals`: QuickBooks writes 97.1 and 100.0, Xero 97.10 and 100.00. */
export function jsonOf(value: unknown, minimumDecimals: number): string {
  if (typeof value === 'bigint') return formatMoney(value, minimumDecimals)
  if (Array.isArray(value)) return `[${value.map((each) => jsonOf(each, minimumDecimals)).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${jsonOf(member, minimumDecimals)}`).join(',')}}`
}

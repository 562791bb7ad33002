/**
 * The words of wallet logs: what a row is, whether it happened, and which orders its text names. As tables, the first that
 * fits, so that "Refund for order 7" is a refund and "Bonus for deposit" a bonus.
 */
import type { LineType, Uncounted } from '../../../domain/statements/statement.ts'
import { wordsOf } from '../columns/words.ts'

const KINDS: readonly (readonly [RegExp, LineType])[] = [
  [/refund|cancel|partial|revers|reimburs|chargeback|возврат|отмен|reembolso|devolu|iade|hoàn/, 'refund'],
  [/bonus|cash ?back|reward|affiliate|referral|promo|\bgift|бонус|bônus|\bbono/, 'bonus'],
  [/adjust|correct|manual|корректир|ajuste|\bfix/, 'adjustment'],
  [/\bfees?\b|commission|комисси|comiss|comisi/, 'fee'],
  [/(?:payment|pay|paid) for|orders?\b|заказ|pedido|sipariş|siparis|pesanan|đơn/, 'charge'],
  [
    /deposit|top[ _-]?up|\bfunds?\b|add(?:ed|ing)? balance|recharge|payment|пополн|recarga|depósito|yükle|isi saldo|nạp/,
    'top-up',
  ],
  [/charge|purchase|spen[dt]|debit|withdraw|\bbuy|bought|service|subscription|drip|списан|compra/, 'charge'],
  [/^(?:credit|in|add)$/, 'top-up'],
  [/^out$/, 'charge'],
]

/** `kind` is the file's own column for it; the text speaks where that says nothing known. */
export function walletType(kind: string, text: string): LineType {
  return typeIn(kind) ?? typeIn(text) ?? 'other'
}

function typeIn(text: string): LineType | null {
  const plain = text.trim().toLowerCase()
  return KINDS.find(([words]) => words.test(plain))?.[1] ?? null
}

const DONE = new Set(
  wordsOf(
    'completed, complete, success, successful, succeeded, paid, done, approved, confirmed, credited, processed, active, ok, 1',
    'finished, accepted, settled, concluído, completado, успешно, завершено, оплачен, tamamlandı, berhasil',
  ),
)
const PENDING = new Set(
  wordsOf(
    'pending, waiting, awaiting, processing, in progress, unpaid, new, created, on hold, pendente, pendiente, ожидание',
  ),
)
const DENIED = new Set(
  wordsOf(
    'failed, fail, canceled, cancelled, rejected, declined, denied, expired, error, void, fraud, отменен, отклонен',
  ),
)

/** Null counts; undefined is a status nobody knows. An empty one counts: most logs list only what happened. */
export function walletStatus(status: string): Uncounted | null | undefined {
  const plain = status.trim().toLowerCase()
  if (plain === '' || DONE.has(plain)) return null
  if (PENDING.has(plain)) return 'pending'
  return DENIED.has(plain) ? 'denied' : undefined
}

const WORD = String.raw`(?<!\p{L})(?:orders?|заказ\p{L}*|pedidos?|sipari[sş]\p{L}*|pesanan|đơn)(?!\p{L})`
const ONE_ORDER = new RegExp(`${WORD}[\\s.:#№(]*(?:id|no|number|nr)?[\\s.:#№]*(\\d{1,20})`, 'giu')
const SEVERAL = /(?<!\p{L})orders[\s.:#№]*(\d{1,20}(?:(?:\s*,\s*|\s*&\s*|\s+and\s+)#?\d{1,20})+)/giu
const NUMBERED = /#\s?(\d{3,20})(?!\d)/gu

/** "#12345 - Instagram followers" with money going out is an order, whatever it is called. */
export function isNumberedOrder(text: string): boolean {
  return /^\s*#\s?\d{3,20}(?!\d)/.test(text)
}

/** Order ids in a text; a bare "#12345" is one only in a row that is about orders. */
export function ordersIn(text: string, type: LineType): readonly string[] {
  const ids = [...text.matchAll(ONE_ORDER)].map(([, id]) => id ?? '')
  for (const [, list] of text.matchAll(SEVERAL)) ids.push(...(list ?? '').split(/\D+/))
  const isAboutOrders = type === 'charge' || type === 'refund'
  if (ids.length === 0 && isAboutOrders) ids.push(...[...text.matchAll(NUMBERED)].map(([, id]) => id ?? ''))
  return [...new Set(ids.filter((id) => id !== ''))]
}

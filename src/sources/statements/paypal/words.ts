/**
 * PayPal's words for kinds, statuses and balance impacts in the languages of its downloads, as tables. A status that is
 * not here is never taken for done.
 */
import { wordsOf } from '../columns/words.ts'
import type { CodeMeaning } from './t-codes.ts'

/** The first that fits; in an order in which "Hold Reversal" is a hold and "Payment Refund" a refund. */
const KINDS: readonly (readonly [RegExp, CodeMeaning])[] = [
  [
    /conver[st]ion|umrechnung|valutaomrekening|conversi[oó]n|conversão|conversione/,
    { type: 'conversion', moves: 'money' },
  ],
  [
    /account hold|temporary hold|\bholds?\b|payment release|reserve|einbehalt|zurückbehalt|sperrung|vastgehouden|vasthouden|reservering|retenci[oó]n|retenue|blocage|trattenuta|retenção/,
    { type: 'hold', moves: 'held-money' },
  ],
  [
    /authori[sz]ation|autorisierung|autorisatie|autorisation|autorizaci[oó]n|autorizzazione|autorização|^order$|invoice sent|money request|request (?:sent|received)/,
    { type: 'other', moves: 'nothing' },
  ],
  [/\bfees?\b|gebühr|\bkosten\b|\bfrais\b|comisi[oó]n|tarifa|commissione|\btaxa\b/, { type: 'fee', moves: 'money' }],
  [
    /refund|reversal|chargeback|rückzahlung|erstattung|rückbuchung|stornierung|terugbetaling|terugboeking|remboursement|reembolso|devoluci[oó]n|retroceso|rimborso|storno|estorno/,
    { type: 'refund', moves: 'money' },
  ],
  [/withh(?:olding|eld)|\btax\b|\bvat\b|\bsteuer|belasting|\bimpuesto/, { type: 'tax', moves: 'money' }],
  [
    /withdrawal|bank deposit|card deposit|transfer|abbuchung|abhebung|auszahlung|einzahlung|gutschrift|überweisung|lastschrift|opname|storting|overboeking|virement|retrait|approvisionnement|retirada|retiro|transferencia|ingreso|prelievo|bonifico|saque|depósito/,
    { type: 'transfer', moves: 'money' },
  ],
  [/adjustment|correction|korrektur|anpassung|correctie|ajuste|rettifica/, { type: 'adjustment', moves: 'money' }],
  [/bonus|cash ?back|incentive|reward/, { type: 'bonus', moves: 'money' }],
  [
    /pay|checkout|zahlung|kauf|spende|betaling|donati|abonnement|subscription|paiement|\bpago|compra|pagamento|purchase|debit card/,
    { type: 'payment', moves: 'money' },
  ],
]

export function meaningOfWords(kind: string): CodeMeaning {
  const plain = kind.toLowerCase()
  return KINDS.find(([words]) => words.test(plain))?.[1] ?? { type: 'other', moves: 'money' }
}

export type StatusMeaning = 'done' | 'pending' | 'denied' | 'unclear'

const STATUSES: Readonly<Record<Exclude<StatusMeaning, 'unclear'>, readonly string[]>> = {
  done: wordsOf(
    'completed, cleared, paid, success, refunded, partially refunded, reversed, returned, claimed',
    'abgeschlossen, erledigt, bezahlt, zurückgezahlt, teilweise zurückgezahlt, erstattet, rückgebucht',
    'voltooid, afgerond, terugbetaald, gedeeltelijk terugbetaald, teruggeboekt',
    'terminé, effectué, remboursé, partiellement remboursé, annulation effectuée',
    'completado, completada, pagado, reembolsado, parcialmente reembolsado, devuelto',
    'completato, completata, rimborsato, concluído, concluída',
    's, v, f',
  ),
  pending: wordsOf(
    'pending, processing, held, on hold, under review, in review, uncleared, created, p',
    'ausstehend, offen, in bearbeitung, in behandeling, in afwachting, openstaand',
    'en attente, en cours, pendiente, en proceso, in sospeso, in corso, pendente',
  ),
  denied: wordsOf(
    'denied, failed, canceled, cancelled, expired, voided, declined, rejected, blocked, d',
    'abgelehnt, fehlgeschlagen, storniert, storno, abgebrochen, abgelaufen, zurückgewiesen',
    'geweigerd, mislukt, geannuleerd, verlopen, refusé, échoué, annulé, expiré, rejeté',
    'rechazado, denegado, fallido, cancelado, cancelada, caducado, vencido',
    'rifiutato, annullato, scaduto, negato, negado, recusado, expirado',
  ),
}

const MEANING_OF_STATUS = new Map<string, StatusMeaning>()
for (const meaning of ['done', 'pending', 'denied'] as const)
  for (const word of STATUSES[meaning]) MEANING_OF_STATUS.set(word, meaning)

/** An empty status is done: the statement shape has none, because all its rows moved the balance. */
export function meaningOfStatus(status: string): StatusMeaning {
  const plain = status.trim().toLowerCase()
  return plain === '' ? 'done' : (MEANING_OF_STATUS.get(plain) ?? 'unclear')
}

const MEMO = /^m[eé]mo|^no impact|^none$|^kein|^geen|^aucun|^ning[uú]n/
const MOVED =
  /^(?:credit|debit|crédit|débit|crédito|débito|haben|soll|bij|af|abono|cargo|accredito|addebito|dare|avere)$/

/** What the column "Balance Impact" says; 'silent' when it is empty or not there. */
export function meaningOfImpact(impact: string): 'moved' | 'memo' | 'silent' {
  const plain = impact.trim().toLowerCase()
  if (MEMO.test(plain)) return 'memo'
  return MOVED.test(plain) ? 'moved' : 'silent'
}

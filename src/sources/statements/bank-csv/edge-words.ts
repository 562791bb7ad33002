/** Words by which a row of a bank's CSV states a balance or a total, in the languages of the banks. */
import { wordsOf } from '../columns/words.ts'

export const OPENING = wordsOf(
  'opening balance, beginning balance, starting balance, previous balance, balance brought forward, brought forward, balance b/f, b/f, balance at start of period',
  'anfangssaldo, eroffnungssaldo, alter kontostand, alter saldo, saldovortrag, saldo inicial, saldo anterior, saldo iniziale, solde initial, solde precedent, ancien solde, solde en debut de periode, beginsaldo, beginstand, saldo poczatkowe',
)
export const CLOSING = wordsOf(
  'closing balance, ending balance, final balance, new balance, balance carried forward, carried forward, balance c/f, c/f, balance at end of period',
  'endsaldo, schlusssaldo, neuer kontostand, neuer saldo, saldo final, saldo finale, solde final, nouveau solde, solde en fin de periode, eindsaldo, eindstand, saldo koncowe',
)
export const TOTAL = wordsOf(
  'total, totals, grand total, total debit, total credit, total debits, total credits, sum, summe, summen, gesamt, gesamtsumme, totale, totales, totaal, totaux, subtotal',
)

/** One of these is in each of the words above; most rows have none, and need no closer look. */
export const HINT = /balance|saldo|stand|solde|forward|[bc]\/f/i

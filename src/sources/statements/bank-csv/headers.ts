/**
 * What banks call their columns, in the languages of the accounts we have seen. A name decides only together with what
 * stands under it: "Valuta" is a currency in one country and a date in another.
 */
import { normalName } from '../../csv/columns.ts'
import { wordsOf } from '../columns/words.ts'
import type { BankRole } from '../../../domain/statements/bank-profile.ts'

/** Names of one rank on a line, the best rank first. Folded: lower case, no accents, no currency at the end. */
export const HEADER_NAMES: Readonly<Record<BankRole, readonly (readonly string[])[]>> = {
  date: [
    wordsOf(
      'booking date, booked date, posting date, post date, posted date, date posted, posted on, completed date, date completed, date processed, settlement date, entry date, accounting date, booked at',
      'buchungstag, buchungsdatum, buchung, fecha contable, fecha de contabilizacion, date comptable, date de comptabilisation, boekdatum, boekingsdatum, datum verrekening',
      'data contabile, data registrazione, data lancamento, data do lancamento, data movimento, data mov, data ksiegowania, bokforingsdag, bokforingsdatum, bokforingsdato, bogforingsdato',
    ),
    // Where a bank prints both, the day of the operation comes before the day it was booked.
    wordsOf(
      "fecha operacion, fecha de operacion, date operation, date d'operation, date de l'operation, dateop, operation date, datum verrichting, data operazione, data operacji",
    ),
    wordsOf('date, datum, fecha, data, dato, tarih'),
    wordsOf(
      'transaction date, txn date, tran date, trans date, fecha de transaccion, transactiedatum, data transacao, data da transacao',
    ),
  ],
  valueDate: [
    wordsOf(
      'value date, value dt, val date, valuta, valuta date, valutadatum, wertstellung, wertstellungsdatum, fecha valor, fecha de valor, f valor',
      'date de valeur, date valeur, rentedatum, data valuta, data valor, interest date, data waluty, dateval',
    ),
  ],
  amount: [
    wordsOf(
      'amount, total amount, transaction amount, amount in account currency, credit/debit amount, betrag, umsatz, buchungsbetrag, importe, monto, cantidad, montant',
      'montant de l operation, bedrag, transactiebedrag, importo, montante, valor, quantia, kwota, belopp, belob, tutar',
    ),
    wordsOf(
      'billing amount, value, charge, charges, charged, charge amount, charged amount, amount charged, amount spent, spent',
    ),
  ],
  debit: [
    wordsOf(
      'debit, debits, debit amount, debit amt, withdrawal, withdrawals, withdrawal amount, withdrawal amt, paid out, money out, payments out, amount out, dr',
      'soll, belastung, belastungen, lastschrift, ausgang, ausgaben, cargo, cargos, debe, debito, debitos, addebiti, addebito, dare, uscite, af, saida, saidas, debet',
    ),
  ],
  credit: [
    wordsOf(
      'credit, credits, credit amount, credit amt, deposit, deposits, deposit amount, deposit amt, paid in, money in, payments in, amount in, cr',
      'haben, gutschrift, gutschriften, eingang, einnahmen, abono, abonos, haber, credito, creditos, accrediti, accredito, avere, entrate, bij, entrada, entradas, kredit',
    ),
  ],
  direction: [
    wordsOf(
      'debit/credit, credit/debit, debit credit, credit debit, debit or credit, debit/credit flag, credit debit indicator, dr/cr, cr/dr, dr cr, drcr, d/c, c/d, dc, sign, direction',
      'soll/haben, s/h, sh, vorzeichen, af bij, af/bij, bij/af, sens, signo, segno, +/-, type, transaction type, tipo, indicator, transaction',
    ),
  ],
  balance: [
    wordsOf(
      'balance, running balance, running bal, bal, account balance, ledger balance, balance after, balance after transaction, closing balance, resulting balance, balance amount',
      'saldo, saldo nach buchung, kontostand, solde, saldo contable, saldo contabile, saldo na mutatie, saldo na transactie, saldo na trn, saldo progressivo, saldo apos, saldo po operacji',
    ),
    // Beside none of these, the one before the line; the figures themselves prove which it is.
    wordsOf(
      'balance before, balance before transaction, opening balance, start balance, saldo voor, saldo voor mutatie, beginsaldo, startsaldo, saldo vor buchung, anfangssaldo, saldo anterior, saldo previo, solde avant',
    ),
  ],
  fee: [
    wordsOf('fee, fees, fee amount, total fees, gebuhr, gebuhren, entgelt, comision, frais, kosten, commissione, taxa'),
  ],
  currency: [
    wordsOf(
      'currency, currency code, account currency, ccy, wahrung, waehrung, divisa, moneda, devise, monnaie, munt, muntsoort, valuta, moeda, waluta, buchungswahrung',
    ),
  ],
  account: [
    wordsOf('iban auftragskonto, auftragskonto, own account, own iban, account iban, iban/bban'),
    wordsOf(
      'account number, account no, account id, bank account, rekening, rekeningnummer, account, konto, kontonummer, compte, numero de compte, cuenta, conta, conto',
    ),
    wordsOf('account name'),
  ],
  status: [wordsOf('status, state, transaction status, estado, statut, stato, buchungsstatus, info')],
  id: [
    wordsOf(
      'transaction id, transaction number, txn id, tran id, transferwise id, wise id, operation id, fitid, unique id, entry reference, volgnr, buchungsreferenz, transaktions nr, id transaccion, id',
    ),
  ],
  counterparty: [
    wordsOf(
      'name, payee, payee name, payer, payer name, sender or recipient, counter party, counterparty, counterparty name, beneficiary, beneficiary name, partner name, counteraccount name, merchant, merchant name, to/from',
      'empfanger, auftraggeber/empfanger, auftraggeber / empfanger, beguenstigter/zahlungspflichtiger, begunstigter/zahlungspflichtiger, zahlungspflichtige*r, zahlungsempfanger*in, name zahlungsbeteiligter, partnername',
      'naam, naam tegenpartij, tegenpartij, naam / omschrijving, beneficiario, ordenante, beneficiaire, tiers, nom, contraparte, controparte, namn, navn, nadawca/odbiorca, handelaar',
    ),
  ],
  reference: [
    wordsOf(
      'reference, ref, ref no, reference no, reference number, transaction reference, customer reference, bank reference, payment reference, end to end reference, end to end id, invoice number',
      'ref no /cheque no, chq/ref no, chq /ref no, chq/ref number, cheque number, cheque no, check number, check #, cheque #, check or slip #, chq no, utr, utr number, utr no',
      'kundenreferenz, mandatsreferenz, referenz, zahlungsreferenz, sammlerreferenz, referencia, reference client, betalingskenmerk, gestructureerde mededeling, machtigingskenmerk, transactiereferentie, riferimento',
    ),
  ],
  description: [
    wordsOf(
      'description, label, details, transaction details, transaction description, payment details, narration, narrative, particulars, transaction remarks, remarks, memo, message, message for payee, message for me, note, notes, text',
      'buchungstext, verwendungszweck, transaktionsbeschreibung, transaktionsbeschreibung zusatz, beschreibung, beschreibung1, beschreibung2, beschreibung3',
      'omschrijving, omschrijving 1, omschrijving 2, omschrijving 3, mededelingen, vrije mededeling, toelichting, concepto, descripcion, detalle, movimiento, observaciones',
      'libelle, libelle simplifie, libelle operation, informations complementaires, motif, communication, communications, descrizione, causale, descricao, historico, lancamento, tekst, rubrik, opis operacji, tytul',
    ),
  ],
  type: [
    wordsOf(
      'type, transaction type, transaction code, umsatzart, vorgang, mutatiesoort, code, tipo, tipo movimiento, type operation, booking type, category, categoria',
    ),
  ],
}

/** Letters that are no letter with an accent. */
const UNFOLDED: Readonly<Record<string, string>> = { ß: 'ss', ø: 'o', æ: 'ae', ł: 'l', đ: 'd' }

/** "Débit (EUR)", "Debit_EUR" and "debit" are one name. */
export function foldedName(header: string): string {
  return normalName(
    normalName(header)
      .normalize('NFD')
      .replaceAll(/\p{M}+/gu, '')
      .replaceAll(/[ßøæłđ]/g, (letter) => UNFOLDED[letter] ?? letter)
      .replace(/^#/, '')
      .replaceAll(/[([][^)\]]*[)\]]/g, ' ')
      .replace(
        /\s+(?:in\s+)?(?:euros?|usd|gbp|inr|chf|aud|cad|sgd|aed|sek|nok|dkk|pln|czk|huf|rs|r\$|eur|€|\$|£|₹)$/u,
        '',
      ),
  )
}

const SYMBOLS: Readonly<Record<string, string>> = { '€': 'EUR', '£': 'GBP', '₹': 'INR', R$: 'BRL' }

/** "Amount (GBP)" and "Betrag in €" say which currency; null for a header that does not. */
export function currencyInHeader(header: string): string | null {
  const named =
    /[\s(_[](EUR|USD|GBP|INR|CHF|AUD|CAD|SGD|AED|SEK|NOK|DKK|PLN|CZK|HUF|JPY|ZAR|BRL|€|£|₹|R\$)\s*[)\]]?\s*$/u.exec(
      header,
    )
  return named === null ? null : (SYMBOLS[named[1] ?? ''] ?? named[1] ?? null)
}

/** The role's rank of a folded name, 0 the best; null when the role is not called so. */
export function rankOf(role: BankRole, folded: string): number | null {
  const rank = HEADER_NAMES[role].findIndex((names) => names.includes(folded))
  return rank === -1 ? null : rank
}

const CARD: ReadonlySet<string> = new Set(
  wordsOf('card member, cardholder, card holder, cardholder name, name on card, card no, card number, kartennummer'),
)
/** An amount called so is what was spent. */
const CHARGES: ReadonlySet<string> = new Set(
  wordsOf('charge, charges, charged, charge amount, charged amount, amount charged, amount spent, spent'),
)

/** Columns that a card's download has. */
export function isCardTable(headers: readonly string[], amount: string): boolean {
  return headers.some((header) => CARD.has(foldedName(header))) || CHARGES.has(foldedName(amount))
}

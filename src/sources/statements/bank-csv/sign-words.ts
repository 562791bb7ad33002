/**
 * Words by which a file without balances tells whether positive amounts came in or went out: a column of charges, and types
 * that name one direction on every kind of account. "Payment", "transfer" or "direct debit" are not among them, as a card's
 * bank prints them for what came in.
 */
import type { AmountSign } from '../../../domain/statements/bank-reading.ts'
import type { AccountKind, StatementLine } from '../../../domain/statements/statement.ts'
import { wordsOf } from '../columns/words.ts'
import { foldedName } from './headers.ts'

const CHARGES: ReadonlySet<string> = new Set(
  wordsOf('charge, charges, charged, charge amount, charged amount, amount charged, amount spent, spent'),
)
const OUT: ReadonlySet<string> = new Set(
  wordsOf(
    'purchase, card purchase, pos purchase, debit card purchase, withdrawal, cash withdrawal, atm withdrawal, cash advance, outgoing transfer, outgoing payment',
  ),
)
const IN: ReadonlySet<string> = new Set(
  wordsOf('income, incoming transfer, incoming payment, deposit, cash deposit, direct deposit'),
)

interface Directions {
  readonly out: ReadonlySet<string>
  readonly in: ReadonlySet<string>
}

/**
 * Where the account's type is known: what banks and cards alike print for one direction. A bare transfer ("Überweisung",
 * "virement", "bonifico") goes either way, a company pays salaries and refunds as well as it is paid them, and an Italian
 * "incasso" comes in where a Dutch one goes out: none of these is here.
 */
const EVERYWHERE: Directions = {
  out: new Set(
    wordsOf(
      'debit, pos, fee, fees, bank charge, bank charges, cash machine',
      'kartenzahlung, kartenumsatz, einkauf, geldautomat, bargeldauszahlung, barabhebung, belastung, entgelt, gebuhr, gebuhren',
      'achat, achat par carte, paiement carte, paiement par carte, paiement cb, retrait, retrait dab, frais, frais bancaires, debit carte',
      'compra, compra con tarjeta, pago con tarjeta, retirada de efectivo, reintegro, cargo, comision, comisiones, debito',
      'acquisto, pagamento pos, pagamento carta, pagamento con carta, prelievo, prelievo bancomat, addebito, commissione, commissioni',
      'aankoop, pinbetaling, betaalautomaat, betaalpas, geldautomaat, geldopname, afschrijving, kosten',
      'platnosc karta, zakup, wyplata gotowki, wyplata z bankomatu, obciazenie, oplata, prowizja',
      'compra com cartao, pagamento com cartao, levantamento, saque, comissao, tarifa',
    ),
  ),
  in: new Set(
    wordsOf(
      'credit, gutschrift, abono, credito, accredito, bijschrijving, uznanie',
      'einzahlung, bareinzahlung, zahlungseingang, ingreso en efectivo, storting, wplata, deposito',
    ),
  ),
}

const ON: Readonly<Record<AccountKind, Directions>> = {
  bank: {
    out: new Set(
      wordsOf(
        'direct debit, standing order, card payment, debit card, bill payment, cheque paid, check paid',
        'lastschrift, sepa lastschrift, basislastschrift, sepa basislastschrift, dauerauftrag, uberweisungsauftrag, zahlungsausgang, kartenzahlung girocard',
        'prelevement, prelevement sepa, virement emis, virement sepa emis, cheque emis',
        'domiciliacion, adeudo, adeudo directo, adeudo sepa, recibo domiciliado, transferencia emitida, transferencia enviada',
        'addebito diretto, addebito sdd, addebito sepa, bonifico in uscita, bonifico disposto',
        'automatische incasso, sepa incasso, sepa incasso algemeen doorlopend, ideal',
        'polecenie zaplaty, przelew wychodzacy, zlecenie stale',
        'debito direto, debito automatico, pix enviado',
      ),
    ),
    in: new Set(
      wordsOf(
        'direct credit, bank giro credit, bacs credit, cash paid in',
        'uberweisungsgutschrift, gutschrift uberweisung, gutschrift uberweisg, gutschr uberweisung, dauerauftragsgutschrift, sepa gutschrift, scheckeinreichung',
        'virement recu, virement sepa recu, virement en votre faveur, remise de cheque, remise de cheques',
        'transferencia recibida, ingreso',
        'bonifico in entrata, bonifico ricevuto, bonifico a vostro favore',
        'przelew przychodzacy',
        'transferencia recebida, pix recebido',
      ),
    ),
  },
  card: {
    out: new Set(
      wordsOf('sale, sales, interest charge, interest charged, annual fee, cash advance fee, foreign transaction fee'),
    ),
    in: new Set(
      wordsOf(
        'payment, payments, payment received, payments and credits, autopay, direct debit, direct debit payment',
        'refund, return, returns, merchandise credit, ruckerstattung, erstattung, remboursement, devolucion, reembolso, rimborso, terugbetaling, zwrot, estorno',
      ),
    ),
  },
}

const CARD: ReadonlySet<string> = new Set(
  wordsOf('card member, cardholder, card holder, cardholder name, name on card, card no, card number, kartennummer'),
)

/** A column that a card's download has. */
export function isCardHeader(header: string): boolean {
  return CARD.has(foldedName(header))
}

/** `lines` with amounts as printed. `kind` null: by words alone that say the same on every account. Null where nothing tells, or not every word the same. */
export function signByWords(
  amountHeader: string,
  lines: readonly StatementLine[],
  kind: AccountKind | null,
): AmountSign | null {
  const { plain, own } = signsTold(amountHeader, lines, kind)
  const told = [...plain, ...own]
  const [only] = told
  if (only === undefined || told.some((sign) => sign !== only)) return null
  // Hardly a bank account prints what went out as positive, and a single line may be money that came back.
  const isRefund = kind === 'bank' && only === 'out-positive' && plain.length === 0 && own.length < 2
  return isRefund ? null : only
}

/** Some words tell one sign and some the other. */
export function isWordedBothWays(
  amountHeader: string,
  lines: readonly StatementLine[],
  kind: AccountKind | null,
): boolean {
  const { plain, own } = signsTold(amountHeader, lines, kind)
  return new Set([...plain, ...own]).size > 1
}

interface SignsTold {
  /** By words that say the same on every account. */
  readonly plain: readonly AmountSign[]
  /** By those of this kind of account. */
  readonly own: readonly AmountSign[]
}

function signsTold(amountHeader: string, lines: readonly StatementLine[], kind: AccountKind | null): SignsTold {
  const plain = lines.flatMap((line) => signOf(line, plainDirection))
  if (CHARGES.has(foldedName(amountHeader)) && lines.some(({ amount }) => amount > 0n)) plain.push('out-positive')
  const own = kind === null ? [] : lines.flatMap((line) => signOf(line, (word) => directionOn(kind, word)))
  return { plain, own }
}

type Direction = 'in' | 'out' | null

function signOf({ rawType, amount }: StatementLine, directionOf: (word: string) => Direction): readonly AmountSign[] {
  if (amount === 0n) return []
  return rawType.split(' / ').flatMap((word) => {
    const direction = directionOf(word)
    if (direction === null) return []
    return [(direction === 'out') === amount < 0n ? 'in-positive' : 'out-positive']
  })
}

function plainDirection(word: string): Direction {
  const type = word.toLowerCase()
  return OUT.has(type) ? 'out' : IN.has(type) ? 'in' : null
}

function directionOn(kind: AccountKind, word: string): Direction {
  const type = foldedName(word)
  if (plainDirection(word) !== null) return null
  if (EVERYWHERE.out.has(type) || ON[kind].out.has(type)) return 'out'
  return EVERYWHERE.in.has(type) || ON[kind].in.has(type) ? 'in' : null
}

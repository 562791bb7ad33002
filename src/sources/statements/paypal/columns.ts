/**
 * What PayPal calls the columns of its activity and statement downloads, in the languages it writes them in. Names are in
 * normal form (lower case, single spaces for dots and hyphens), the best first; files are never read by position.
 */
import { bindColumns, type BoundColumns, type ColumnRules } from '../../csv/columns.ts'
import { wordsOf } from '../columns/words.ts'

export const PAYPAL_FIELDS = [
  'date',
  'time',
  'timeZone',
  'name',
  'type',
  'eventCode',
  'status',
  'currency',
  'gross',
  'fee',
  'net',
  'balance',
  'impact',
  'id',
  'referenceId',
  'invoice',
  'custom',
  'receipt',
  'order',
  'bankReference',
  'fromEmail',
  'toEmail',
  'bankName',
  'subject',
  'itemTitle',
  'note',
] as const
export type PayPalField = (typeof PAYPAL_FIELDS)[number]

export const PAYPAL_COLUMNS: ColumnRules<PayPalField> = {
  date: { title: 'Date', required: true, names: ['date', 'datum', 'fecha', 'data'] },
  time: {
    title: 'Time',
    required: false,
    names: ['time', 'uhrzeit', 'zeit', 'tijd', 'heure', 'hora', 'ora', 'orario'],
  },
  timeZone: {
    title: 'Time Zone',
    required: false,
    names: [
      'time zone',
      'timezone',
      'zeitzone',
      'tijdzone',
      'fuseau horaire',
      'zona horaria',
      'fuso orario',
      'fuso horário',
    ],
  },
  name: { title: 'Name', required: false, names: ['name', 'naam', 'nom', 'nombre', 'nome'] },
  type: {
    title: 'Type',
    required: false,
    names: wordsOf(
      'type, typ, art, tipo, transaction type',
      'description, beschreibung, omschrijving, descripción, descrizione, descrição',
    ),
  },
  eventCode: {
    title: 'Transaction Event Code',
    required: false,
    names: ['transaction event code', 'transaktionsereigniscode', 'event code'],
  },
  status: {
    title: 'Status',
    required: false,
    names: ['status', 'état', 'etat', 'statut', 'estado', 'stato', 'situação'],
  },
  currency: {
    title: 'Currency',
    required: false,
    names: ['currency', 'währung', 'valuta', 'devise', 'divisa', 'moneda', 'moeda'],
  },
  gross: {
    title: 'Gross',
    required: false,
    names: ['gross', 'brutto', 'bruto', 'brut', 'avant commission', 'importe bruto', 'lordo', 'valor bruto', 'amount'],
  },
  fee: {
    title: 'Fee',
    required: false,
    names: wordsOf(
      'fee, fees, gebühr, entgelt, kosten, frais, commission, comisión, tarifa',
      'tariffa, commissione, taxa, tarifas',
    ),
  },
  net: { title: 'Net', required: false, names: ['net', 'netto', 'neto', 'valor líquido', 'líquido', 'total'] },
  balance: { title: 'Balance', required: false, names: ['balance', 'guthaben', 'saldo', 'solde', 'running balance'] },
  impact: {
    title: 'Balance Impact',
    required: false,
    names: wordsOf(
      'balance impact, auswirkung auf guthaben, effect op saldo, impact sur le solde',
      'impacto en el saldo, impacto en saldo, efecto en el saldo, impatto sul saldo, impacto no saldo',
    ),
  },
  id: {
    title: 'Transaction ID',
    required: false,
    names: wordsOf(
      'transaction id, transaktionscode, transaktions id, transactiereferentie, transactie id',
      'numéro de transaction, nº de transaction, id de transaction, id de transacción, id transacción',
      'codice transazione, id transazione, código da transação, id da transação',
    ),
  },
  referenceId: {
    title: 'Reference Txn ID',
    required: false,
    names: wordsOf(
      'reference txn id, reference transaction id, zugehöriger transaktionscode, txn referenzkennung',
      'referentie txn id, numéro de la transaction de référence, nº de transaction de référence',
      'id de referencia de trans, id de transacción de referencia, codice transazione di riferimento',
      'id da transação de referência, paypal reference id',
    ),
  },
  invoice: {
    title: 'Invoice Number',
    required: false,
    names: wordsOf(
      'invoice number, invoice id, rechnungsnummer, factuurnummer, factuurreferentie, numéro de facture',
      'nº de facture, número de factura, id de factura, numero fattura, número da fatura',
    ),
  },
  custom: {
    title: 'Custom Number',
    required: false,
    names: ['custom number', 'individuelle nummer', 'custom', 'custom field'],
  },
  receipt: {
    title: 'Receipt ID',
    required: false,
    names: ['receipt id', 'empfangsnummer', 'bestätigungsnummer', 'numéro de reçu'],
  },
  order: { title: 'Order Number', required: false, names: ['order number', 'order id', 'bestellnummer'] },
  bankReference: {
    title: 'Bank Reference',
    required: false,
    names: ['bank reference', 'bank reference id', 'bankreferenz'],
  },
  fromEmail: {
    title: 'From Email Address',
    required: false,
    names: wordsOf(
      "from email address, absender e mail adresse, van e mailadres, de l'adresse email",
      "adresse email de l'expéditeur, correo electrónico del remitente, indirizzo email mittente",
    ),
  },
  toEmail: {
    title: 'To Email Address',
    required: false,
    names: wordsOf(
      "to email address, empfänger e mail adresse, naar e mailadres, à l'adresse email",
      'correo electrónico del destinatario, indirizzo email destinatario',
    ),
  },
  bankName: {
    title: 'Bank Name',
    required: false,
    names: ['bank name', 'name der bank', 'naam bank', 'nom de la banque', 'nombre del banco'],
  },
  subject: {
    title: 'Subject',
    required: false,
    names: ['subject', 'betreff', 'onderwerp', 'objet', 'asunto', 'oggetto'],
  },
  itemTitle: {
    title: 'Item Title',
    required: false,
    names: ['item title', 'artikelbezeichnung', 'titel item', "titre de l'objet", 'título del artículo'],
  },
  note: { title: 'Note', required: false, names: ['note', 'hinweis', 'opmerking', 'remarque', 'nota'] },
}

/** Columns that banks and wallets do not have, or not together. */
const TELLING: readonly PayPalField[] = ['timeZone', 'impact', 'referenceId', 'id', 'eventCode']
const MONEY: readonly PayPalField[] = ['gross', 'fee', 'net']

/** `names` in normal form. */
export function isPayPalHeader(names: readonly string[]): boolean {
  const has = (field: PayPalField): boolean => PAYPAL_COLUMNS[field].names.some((name) => names.includes(name))
  if (!has('date') || !(has('gross') || has('net'))) return false
  const told = TELLING.filter(has).length
  return (has('timeZone') && has('currency')) || (told >= 2 && has('currency')) || (MONEY.every(has) && told >= 1)
}

export function bindPayPalColumns(fileName: string, headers: readonly string[]): BoundColumns<PayPalField> {
  return bindColumns(fileName, headers, PAYPAL_COLUMNS)
}

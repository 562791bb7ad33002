/**
 * Words and signs beside an amount ("EUR 5.00", "5,00 €", "US$5"), held against the currency the amount is meant to be in: the
 * figure alone would turn 5 euros into 5 dollars.
 */

/** In lower case. A sign of several currencies goes for each of them. */
const MARKS: Readonly<Record<string, string>> = {
  $: 'USD AUD BBD BMD BND BSD BZD CAD CLP COP FJD GYD HKD JMD KYD LRD MXN NAD NZD SBD SGD SRD TTD TWD XCD ARS UYU DOP NIO BRL',
  us$: 'USD',
  b$: 'BND BSD',
  ec$: 'XCD',
  j$: 'JMD',
  n$: 'NAD',
  rd$: 'DOP',
  tt$: 'TTD',
  a$: 'AUD',
  au$: 'AUD',
  c$: 'CAD NIO',
  ca$: 'CAD',
  hk$: 'HKD',
  mx$: 'MXN',
  nt$: 'TWD',
  nz$: 'NZD',
  r$: 'BRL',
  s$: 'SGD',
  sg$: 'SGD',
  '€': 'EUR',
  '￡': 'GBP',
  '₤': 'GBP',
  '￥': 'CNY JPY',
  '￦': 'KRW',
  '£': 'GBP EGP FKP GIP LBP SHP SSP SYP',
  '¥': 'JPY CNY',
  '₹': 'INR',
  '₨': 'INR LKR MUR NPR PKR SCR',
  rs: 'INR LKR MUR NPR PKR SCR',
  kr: 'DKK ISK NOK SEK',
  cfa: 'XAF XOF',
  dhs: 'AED MAD',
  din: 'RSD',
  ksh: 'KES',
  lei: 'MDL RON',
  nis: 'ILS',
  rmb: 'CNY',
  sfr: 'CHF',
  tsh: 'TZS',
  ush: 'UGX',
  zł: 'PLN',
  '฿': 'THB',
  '৳': 'BDT',
  '៛': 'KHR',
  '₡': 'CRC',
  '₦': 'NGN',
  '₩': 'KRW KPW',
  '₪': 'ILS',
  '₫': 'VND',
  '₭': 'LAK',
  '₮': 'MNT',
  '₱': 'PHP CUP',
  '₲': 'PYG',
  '₴': 'UAH',
  '₵': 'GHS',
  '₸': 'KZT',
  '₺': 'TRY',
  '₼': 'AZN',
  '₽': 'RUB',
  '₾': 'GEL',
  '֏': 'AMD',
  '؋': 'AFN',
  '﷼': 'IRR OMR QAR SAR YER',
}

const PLAIN = /^[\d.,\s()+'-]*$/
/** 5.0E-5 is a figure. */
const EXPONENT = /(?<=\d)[eE](?=[+-]?\d)/
const MARK = /\p{L}{1,3}\$|\p{L}+|\p{Sc}/gu

export interface OtherMark {
  /** As printed. */
  readonly mark: string
  /** Whether it says another currency; else it says nothing that is known. */
  readonly isCurrency: boolean
}

/** What stands beside the figure and is not of this currency (ISO 4217); null when nothing does. `text` is a readable amount. */
export function otherMarkIn(text: string, currency: string): OtherMark | null {
  if (PLAIN.test(text)) return null
  for (const [mark] of text.replace(EXPONENT, '').matchAll(MARK)) {
    const known = MARKS[mark.toLowerCase()]
    if ([currency, `${currency}$`].includes(mark.toUpperCase()) || known?.includes(currency) === true) continue
    return { mark, isCurrency: known !== undefined || /^[A-Z]{3}$/.test(mark) }
  }
  return null
}

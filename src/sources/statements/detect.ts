/**
 * Which format a statement is in, from its content: banks name their files as they like. What is recognised by no reader is
 * refused with what it looks like, and with the formats that can be named.
 */
import { InputError } from '../../domain/errors.ts'
import type { StatementFormat } from '../../domain/statements/statement.ts'
import { DETECTION_ORDER, READERS } from './readers.ts'
import { shown } from './refusal.ts'

/** `among`: formats that it can be, the most specific first. Throws InputError when no reader knows it. */
export function detectFormat(
  fileName: string,
  text: string,
  among: readonly StatementFormat[] = DETECTION_ORDER,
): StatementFormat {
  const format = among.find((each) => READERS[each].detect(text, fileName))
  if (format !== undefined) return format
  throw new InputError(
    'STATEMENT_FORMAT_UNKNOWN',
    `${fileName} is no statement that can be recognised: ${whatItIs(text)}.`,
    `The formats are ${among.join(', ')}. If it is one of them, name it: --format NAME.`,
  )
}

function whatItIs(text: string): string {
  const start = text.trimStart().slice(0, 4000)
  const root = /^(?:<\?xml[^>]*>\s*)?(?:<!--[\s\S]*?-->\s*)*<([\w.:-]+)/.exec(start)?.[1]
  if (root !== undefined) return `it is XML and begins with <${root}>, which is neither CAMT nor OFX`
  if (/^[[{]/.test(start)) return 'it is JSON that is not from PayPal'
  return `its first line is ${shown(start.split('\n')[0] ?? '')}`
}

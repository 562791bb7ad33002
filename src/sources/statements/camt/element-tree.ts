/**
 * Elements of XML as plain values: one without children is its text, one with children a record of them, and an amount a
 * record of its text and currency. Prefixes are taken off; what may stand several times is always a list.
 */

export type Element = string | { readonly [name: string]: Element | readonly Element[] }

/** What may stand several times where it stands. */
const LISTS = new Set(['Bal', 'CdtLine', 'NtryDtls', 'TxDtls', 'Chrgs', 'Rcrd', 'Ustrd', 'Strd', 'RfrdDocInf'])

export interface ElementTree {
  /** Its name without a prefix. */
  readonly open: (name: string, currency: string | undefined) => string
  readonly text: (text: string) => void
  /** Ends the innermost element, which becomes a part of the one around it. */
  readonly close: () => void
  /** Ends the innermost element and hands it out instead. */
  readonly closeApart: () => Element
  /** Of the element around the innermost one; '' for the root. */
  readonly parent: () => string
  readonly depth: () => number
}

interface Open {
  readonly name: string
  readonly currency: string | undefined
  text: string
  children: Record<string, Element | Element[]> | null
}

export function elementTree(): ElementTree {
  const stack: Open[] = []
  const pop = (): { readonly name: string; readonly value: Element } => {
    const last = stack.pop()
    return last === undefined ? { name: '', value: '' } : { name: last.name, value: valueOf(last) }
  }
  return {
    open: (fullName, currency) => {
      const name = fullName.slice(fullName.indexOf(':') + 1)
      stack.push({ name, currency, text: '', children: null })
      return name
    },
    text: (text) => {
      const last = stack.at(-1)
      if (last !== undefined) last.text += text
    },
    close: () => {
      const { name, value } = pop()
      const around = stack.at(-1)
      if (around !== undefined) add((around.children ??= {}), name, value)
    },
    closeApart: () => pop().value,
    parent: () => stack.at(-2)?.name ?? '',
    depth: () => stack.length,
  }
}

/** An element that should stand once and stands twice becomes a list, too, which its reader then refuses. */
function add(children: Record<string, Element | Element[]>, name: string, value: Element): void {
  const known = Object.hasOwn(children, name) ? children[name] : undefined
  if (Array.isArray(known)) known.push(value)
  else if (known !== undefined) children[name] = [known, value]
  else children[name] = LISTS.has(name) ? [value] : value
}

function valueOf({ text, currency, children }: Open): Element {
  if (children !== null) return children
  return currency === undefined ? text.trim() : { '#text': text.trim(), '@Ccy': currency }
}

/**
 * What the schema library says by itself about a value of the wrong shape, in words of the file: a person writes text and
 * lists, not strings and arrays. Messages of our own pass through unchanged.
 */

const SHAPES: Readonly<Record<string, string>> = {
  object: 'keys with values, as { key: value }',
  record: 'keys with values, as { key: value }',
  array: 'a list',
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  null: 'empty',
  undefined: 'left out',
}

const LIBRARY = /^Invalid input: expected (\w+), received (\w+)$/

export function inPlainWords(message: string): string {
  const [, expected = '', received = ''] = LIBRARY.exec(message) ?? []
  const wanted = SHAPES[expected]
  if (wanted === undefined) return message
  const got = SHAPES[received]
  return `this has to be ${wanted}${got === undefined || got === wanted ? '' : `; it is ${got}`}`
}

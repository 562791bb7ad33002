/** Order ids as a person types them: each once, and nothing that a panel's batch call could take for two. */
import { InputError } from '../domain/errors.ts'

export function orderIds(texts: readonly string[]): readonly string[] {
  const ids = [...new Set(texts.flatMap((text) => text.split(',')).map((text) => text.trim().replace(/^#/, '')))]
  const wrong = ids.find((id) => !/^[\w-]{1,64}$/.test(id))
  if (wrong === undefined) return ids
  throw new InputError(
    'ORDER_ID',
    `"${wrong}" is not an order id.`,
    'Give ids as the panel shows them: letters, digits, - and _, at most 64.',
  )
}

/** Landed answers as the tests write them. */
import type { LandedAnswer } from '../../src/sources/answer.ts'

/** A string is the body as it is, anything else its JSON. */
export function landed(body: unknown, httpStatus = 200, contentType = 'application/json'): LandedAnswer {
  return { httpStatus, contentType, body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) }
}

/** A text in pieces of the given sizes, repeated as needed. */
export async function* inPieces(
  text: string | Buffer,
  sizes: readonly number[] = [1 << 16],
): AsyncGenerator<Buffer, void, undefined> {
  const bytes = Buffer.from(text)
  let at = 0
  for (let n = 0; at < bytes.length; n += 1) {
    const size = sizes[n % sizes.length] ?? 1
    yield bytes.subarray(at, at + size)
    at += size
  }
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

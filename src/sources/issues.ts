/** One sentence out of a zod error: the first thing wrong and where, which is what a person needs to look at. */
import type { z } from 'zod'

export function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0]
  if (issue === undefined) return 'no detail'
  const path = issue.path.map(String).join('.')
  return path === '' ? issue.message : `${path}: ${issue.message}`
}

/** The page in every form: golden files, amounts that stay exact, and hostile texts that stay texts. */
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { jsonText, tableLines } from '../../src/cli/output.ts'
import { reportCsv } from '../../src/cli/views/report/csv.ts'
import { reportLines } from '../../src/cli/views/report/text.ts'
import { pageView } from '../../src/cli/views/report/view.ts'
import { reportDocument } from '../../src/web/report/html.ts'
import { madePage } from './support.ts'

const golden = (name: string): string => join(import.meta.dirname, 'golden', name)

describe('a report', () => {
  it.each([
    ['text', () => `${reportLines({ table: tableLines }, madePage()).join('\n')}\n`],
    ['csv', () => reportCsv(madePage())],
    ['json', () => jsonText(pageView(madePage()))],
    ['html', () => reportDocument(madePage())],
  ])('as %s is what the golden file says', async (format, write) => {
    await expect(await write()).toMatchFileSnapshot(golden(`night.${format === 'text' ? 'txt' : format}`))
  })

  it('as a page runs nothing and fetches nothing, whatever a vendor wrote', async () => {
    const page = await reportDocument(madePage())
    expect(page).not.toMatch(/<script|<link|<img|src=|@import|url\(/i)
    expect(page).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;')
  })

  it('says of rows that were excepted, with nothing open, that they were proven later', async () => {
    const { completeness, ...made } = madePage()
    const [first] = completeness.steps
    if (first === undefined) throw new Error('the made page has steps')
    const rows = { in: 3n, posted: 1n, unchanged: 0n, quarantined: 0n, excepted: 2n }
    const steps = [{ ...first, step: 'poll:elsewhere', totals: { ...first.totals, rows } }]
    const page = { ...made, completeness: { ...completeness, steps } }
    const sentence = 'elsewhere: what was excepted was proven later in the same run and is closed.'
    expect(reportLines({ table: tableLines }, page)).toContain(sentence)
    expect(await reportDocument(page)).toContain(sentence)
  })

  it('as CSV guards texts against formulas and leaves negative amounts numbers', () => {
    const csv = reportCsv(madePage())
    expect(csv).toContain(",'=HYPERLINK(A1),")
    expect(csv).toContain(',difference,USD,-3.20000000,')
    expect(csv).not.toMatch(/(^|,)"?[=+@]/m)
  })

  it('as JSON has no amount that is a number, and every instant in ISO', () => {
    const text = jsonText(pageView(madePage()))
    expect(text).toContain('"closing": "257.90931000"')
    expect(text).not.toMatch(/Ms"/)
    expect(text).not.toMatch(/: \d{10,}/)
  })
})

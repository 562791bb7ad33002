/**
 * Payelancer's stand-in answers as the vendor document says: stats by role, campaigns, ad formats and the exact
 * texts of its errors.
 */
import { describe, expect, test } from 'vitest'
import { worldTruth } from '../../src/sandbox/world/truth.ts'
import { advanceTo } from '../../src/sandbox/world/world.ts'
import { DAY_MS, quietOptions, START_MS, talkTo } from './small-world.ts'

describe('stats.php', () => {
  test('a publisher sees earnings as a JSON number', async () => {
    const { payelancer } = await talkTo(quietOptions())
    const { status, json, text } = await payelancer('stats.php', 'pub-key')
    expect(status).toBe(200)
    expect(json).toMatchObject({ success: true, role: 'publisher', stats: { earnings: 162.5 } })
    expect(text).toContain('"earnings":162.50}')
  })

  test('an advertiser sees spent and no earnings', async () => {
    const { payelancer } = await talkTo(quietOptions())
    const { json, text } = await payelancer('stats.php', 'ads-key')
    expect(json).toMatchObject({ success: true, role: 'advertiser', stats: { spent: 412.37 } })
    expect(text).not.toContain('earnings')
  })

  test('figures follow the world, two to four decimals', async () => {
    const { payelancer, world } = await talkTo(quietOptions())
    for (let day = 1; day <= 5; day += 1) {
      advanceTo(world, START_MS + day * DAY_MS)
      const { text } = await payelancer('stats.php', 'pub-key')
      const [, whole = '', fraction = ''] = /"earnings":(\d+)\.(\d{2,4})\}/.exec(text) ?? []
      expect(BigInt(whole + fraction.padEnd(8, '0'))).toBe(worldTruth(world).publishers[0]?.earnings)
    }
  })
})

describe('campaigns.php', () => {
  const campaign = (budget: string) =>
    `{"name":"Summer Shoe Sale","budget":${budget},"target_url":"https://example.com/sale"}`

  test('a campaign within the wallet is created and takes no money', async () => {
    const { payelancer, world } = await talkTo(quietOptions())
    const answer = await payelancer('campaigns.php', 'ads-key', campaign('249.99'))
    expect(answer).toMatchObject({ status: 200, json: { success: true, campaign_id: '982734A' } })
    expect(worldTruth(world).advertisers[0]).toMatchObject({
      wallet: 25_000_000_000n,
      campaigns: [{ name: 'Summer Shoe Sale', budget: 24_999_000_000n, targetUrl: 'https://example.com/sale' }],
    })
  })

  test.each([
    ['a budget above the wallet', 'ads-key', campaign('500.00'), 402],
    ['a publisher', 'pub-key', campaign('10'), 403],
    ['no budget', 'ads-key', '{"name":"x","target_url":"https://example.com"}', 400],
    ['a budget of nothing', 'ads-key', campaign('0'), 400],
    ['a budget as text', 'ads-key', campaign('"10"'), 400],
    ['no name', 'ads-key', '{"budget":10,"target_url":"https://example.com"}', 400],
    ['a target that is no URL', 'ads-key', '{"name":"x","budget":10,"target_url":"shoes"}', 400],
    ['no JSON', 'ads-key', 'name=x', 400],
  ])('%s is refused', async (_name, key, body, status) => {
    const { payelancer, world } = await talkTo(quietOptions())
    const answer = await payelancer('campaigns.php', key, body)
    expect(answer).toMatchObject({ status, json: { success: false } })
    expect(worldTruth(world).advertisers[0]?.campaigns).toEqual([])
  })
})

test('ad-formats.php lists id, name and dimensions', async () => {
  const { payelancer } = await talkTo(quietOptions())
  const { json } = await payelancer('ad-formats.php', 'pub-key')
  const { success, formats } = json as { readonly success: boolean; readonly formats: readonly unknown[] }
  expect(success).toBe(true)
  expect(formats).toContainEqual({ id: 'banner_300x250', name: 'Medium Rectangle', dimensions: '300x250' })
})

describe('errors', () => {
  test.each([
    ['no key', 'stats.php', undefined, 401, 'API key required'],
    ['an empty key', 'stats.php', '', 401, 'API key required'],
    ['a wrong key', 'stats.php', 'wrong', 401, 'Invalid API key'],
    ['a panel’s key', 'stats.php', 'net-key', 401, 'Invalid API key'],
    ['an unknown file', 'payouts.php', 'pub-key', 404, 'Not found'],
    ['GET on campaigns', 'campaigns.php', 'ads-key', 405, 'Method not allowed'],
  ])('%s', async (_name, endpoint, key, status, error) => {
    const { payelancer } = await talkTo(quietOptions())
    expect(await payelancer(endpoint, key)).toMatchObject({ status, json: { success: false, error } })
  })

  test('too many requests in a minute are refused', async () => {
    const { payelancer } = await talkTo(quietOptions(), { rateLimitPerMinute: 1, rateClock: 'world' })
    await payelancer('stats.php', 'pub-key')
    const answer = await payelancer('stats.php', 'pub-key')
    expect(answer).toMatchObject({ status: 429, json: { error: 'Rate limit exceeded' } })
  })
})

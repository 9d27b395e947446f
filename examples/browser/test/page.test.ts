import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const example = fileURLToPath(new URL('..', import.meta.url));
const executablePath = ['chromium', 'chromium-browser', 'google-chrome']
  .map((name) => join('/usr/bin', name))
  .find((path) => existsSync(path));
const screenshots = join(tmpdir(), 'referent-browser-screenshots');
if (!executablePath) {
  process.stderr.write(
    'NO CHROMIUM: the page of examples/browser is NOT tested. On Debian: apt-get install chromium.\n',
  );
}

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds that the thread computed: other than the clock's, they do not grow on a crowded machine. */
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

/** Milliseconds that the page's main thread computed without a pause. */
function longestTask(trace: Buffer): number {
  const { traceEvents } = JSON.parse(trace.toString()) as { readonly traceEvents: readonly TraceEvent[] };
  const isMain = ({ name, args }: TraceEvent) => name === 'thread_name' && args.name === 'CrRendererMain';
  const threads = new Set(traceEvents.filter(isMain).map(({ pid, tid }) => `${pid} ${tid}`));
  const tasks = traceEvents.filter(({ pid, tid, tdur }) => tdur && threads.has(`${pid} ${tid}`));
  expect(tasks.length).toBeGreaterThan(0);
  return Math.max(...tasks.map(({ tdur }) => tdur! / 1000));
}

describe.skipIf(!executablePath)('the page in Chromium (skipped where /usr/bin has none)', { timeout: 300_000 }, () => {
  let browser: Browser;
  let page: Page;
  let server: Server;
  let address: string;
  const requests: string[] = [];
  const errors: string[] = [];

  beforeAll(async () => {
    const { status, stderr } = spawnSync(process.execPath, ['build.mjs'], { cwd: example, encoding: 'utf8' });
    expect({ status, stderr }).toMatchObject({ status: 0 });
    const { serve } = (await import(join(example, 'serve.mjs'))) as { serve(port: number): Promise<Server> };
    server = await serve(0);
    address = `http://localhost:${(server.address() as AddressInfo).port}/`;
    browser = await chromium.launch({ executablePath: executablePath!, args: ['--no-sandbox'] });
    page = await browser.newPage({ viewport: { width: 1000, height: 860 } });
    page.on('request', (request) => requests.push(request.url()));
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(address);
    await linked();
    mkdirSync(screenshots, { recursive: true });
  }, 600_000);
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  /** Until the text that is there now is linked. */
  const linked = () =>
    page.waitForFunction(
      'document.body.dataset.ready && document.querySelectorAll(".mark").length > 0 && [...document.querySelectorAll(".mark")].every((it) => it.tabIndex === 0)',
      undefined,
      { timeout: 240_000 },
    );
  const marks = () => page.locator('.mark').allTextContents();
  const card = () => page.locator('#card');

  it('links the text that it begins with, namesakes apart', async () => {
    expect(await marks()).toEqual(expect.arrayContaining(['Paris', 'Helen', 'Troy', 'Seine', 'Texas']));
    const labels = await page
      .locator('.mark', { hasText: 'Paris' })
      .evaluateAll((all) => all.map((it) => it.getAttribute('aria-label')));
    expect(labels).toHaveLength(3);
    expect(labels[0]).toContain('Prince of Troy');
    expect(labels[1]).toContain('Capital');
    expect(labels[2]).toContain('Texas');
  });

  it('shows candidates, sources and probabilities where one points', async () => {
    await page.locator('.mark', { hasText: 'Paris' }).first().scrollIntoViewIfNeeded();
    const box = (await page.locator('.mark', { hasText: 'Paris' }).first().boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await card().waitFor();
    expect(await card().textContent()).toMatch(/✓ Paris\d+ %.*found by.*names/);
    expect(await card().locator('.candidate').count()).toBeGreaterThanOrEqual(3);
    await page.screenshot({ path: join(screenshots, 'light.png'), animations: 'disabled' });
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.screenshot({ path: join(screenshots, 'dark.png'), animations: 'disabled' });
    await page.emulateMedia({ colorScheme: 'light' });
    await page.mouse.move(5, 5);
    await card().waitFor({ state: 'hidden' });
  });

  it('goes from mention to mention by keyboard, and back to the text', async () => {
    await page.locator('#text').focus();
    await page.keyboard.press('Tab');
    await card().waitFor();
    const first = await card().textContent();
    await page.keyboard.press('Tab');
    expect(await card().textContent()).not.toBe(first);
    await page.keyboard.press('Escape');
    await card().waitFor({ state: 'hidden' });
    expect(await page.evaluate('document.activeElement.id')).toBe('text');
  });

  it('links what is typed, without a request and without a long task', async () => {
    await page.locator('#text').fill('');
    requests.length = 0;
    await browser.startTracing(page, { categories: ['toplevel', '__metadata'] });
    await page.locator('#text').pressSequentially('Mercury with his winged sandals served Jupiter, ', { delay: 10 });
    await page
      .locator('#text')
      .pressSequentially('king of the gods. The planet Mercury circles the Sun.', { delay: 10 });
    await page.waitForFunction('document.querySelectorAll(".mark").length >= 3', undefined, { timeout: 240_000 });
    await linked();
    const labels = await page
      .locator('.mark', { hasText: 'Mercury' })
      .evaluateAll((all) => all.map((it) => it.getAttribute('aria-label')));
    expect(labels[0]).toContain('Roman god of trade');
    expect(longestTask(await browser.stopTracing())).toBeLessThan(200);
    expect(requests).toEqual([]);
    expect(errors).toEqual([]);
  });

  it('says what happened where the model is not there', async () => {
    const other = await browser.newPage();
    await other.route('**/model/config.json', (route) => route.fulfill({ status: 404 }));
    await other.goto(address);
    await other.locator('.failed', { hasText: 'config.json' }).waitFor({ timeout: 120_000 });
    await other.close();
  });
});

import type { CommandContext } from '../command-context.js';
import { benchTradeoff, type TradeoffOptions } from './bench-tradeoff.js';

/** `bench tradeoff`: the one benchmark that a user's own data decides about. */
export function bench(context: CommandContext, options: TradeoffOptions): Promise<number> {
  return benchTradeoff(context, options);
}

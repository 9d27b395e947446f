/**
 * Runs in the page. Without it cards still open, at the left of the column; with it they open by their mention and stay
 * inside the window, Escape closes them, and a tap opens and closes them.
 */
export const pageScript = `(() => {
  const gap = 8;
  const mentionOf = (node) => node instanceof Element ? node.closest('.mention') : null;
  const isOpen = (mention) => getComputedStyle(mention.querySelector('.card')).display !== 'none';
  const place = (mention, x) => {
    const card = mention.querySelector('.card');
    const box = card.firstElementChild;
    const surface = mention.querySelector('.surface');
    const column = mention.closest('.text').getBoundingClientRect();
    const lines = [...surface.getClientRects()];
    const line = lines.find((it) => x >= it.left && x <= it.right) ?? lines[0];
    if (!line || getComputedStyle(card).position === 'fixed') {
      card.style.cssText = box.style.cssText = '';
      return;
    }
    box.style.maxHeight = '';
    const below = innerHeight - line.bottom;
    const isAbove = below < card.offsetHeight + gap && line.top > below;
    box.style.maxHeight = Math.max(120, Math.min(416, (isAbove ? line.top : below) - 3 * gap)) + 'px';
    const left = Math.max(0, Math.min(line.left - column.left, column.width - card.offsetWidth));
    const top = isAbove ? line.top - column.top - card.offsetHeight : line.bottom - column.top;
    card.classList.toggle('above', isAbove);
    card.style.left = left + 'px';
    card.style.top = top + 'px';
  };
  const reveal = (mention) => {
    const card = mention.querySelector('.card');
    if (getComputedStyle(card).position !== 'fixed') return;
    const hidden = mention.querySelector('.surface').getBoundingClientRect().bottom + 3 * gap - card.getBoundingClientRect().top;
    if (hidden > 0) scrollBy({ top: hidden });
  };
  const settle = (mention) => {
    mention.querySelector('.surface').setAttribute('aria-expanded', String(isOpen(mention)));
  };
  const show = (event) => {
    const mention = mentionOf(event.target);
    if (!mention || mentionOf(event.relatedTarget) === mention) return;
    for (const other of document.querySelectorAll('.mention.held, .mention:focus-within')) if (other !== mention) close(other);
    mention.classList.remove('closed');
    place(mention, event.clientX);
    if (event.type === 'focusin') reveal(mention);
    settle(mention);
  };
  const leave = (event) => {
    const mention = mentionOf(event.target);
    if (!mention || mentionOf(event.relatedTarget) === mention) return;
    mention.classList.remove('closed');
    requestAnimationFrame(() => settle(mention));
  };
  const close = (mention) => {
    mention.classList.remove('held');
    mention.classList.add('closed');
    settle(mention);
  };
  document.addEventListener('pointerover', show);
  document.addEventListener('focusin', show);
  document.addEventListener('pointerout', leave);
  document.addEventListener('focusout', leave);
  document.addEventListener('click', (event) => {
    const mention = mentionOf(event.target);
    for (const held of document.querySelectorAll('.mention.held')) if (held !== mention) close(held);
    if (!mention || !event.target.closest('.surface')) return;
    if (mention.classList.contains('held')) close(mention);
    else {
      mention.classList.remove('closed');
      mention.classList.add('held');
      place(mention, event.clientX);
      reveal(mention);
      settle(mention);
    }
  });
  document.addEventListener('keydown', (event) => {
    const mention = mentionOf(document.activeElement);
    if (event.key === 'Escape') {
      const inside = mention && document.activeElement !== mention.querySelector('.surface');
      if (inside) mention.querySelector('.surface').focus();
      for (const open of document.querySelectorAll('.mention:hover, .mention:focus-within, .mention.held')) close(open);
    } else if ((event.key === 'Enter' || event.key === ' ') && document.activeElement?.classList.contains('surface') && mention) {
      event.preventDefault();
      if (isOpen(mention)) close(mention);
      else { mention.classList.remove('closed'); place(mention); settle(mention); }
    }
  });
})();`;

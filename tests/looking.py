"""Questions to a page in a browser: can it be read, does it fit, do words lie upon each other."""

from __future__ import annotations

CONTRAST = """
(() => {
  const parse = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(each => each / 255)
    .map(each => each <= .03928 ? each / 12.92 : ((each + .055) / 1.055) ** 2.4)
    .reduce((sum, each, index) => sum + each * [.2126, .7152, .0722][index], 0);
  const back = item => {
    for (; item; item = item.parentElement) {
      const color = parse(getComputedStyle(item).backgroundColor);
      if (color.length < 4 || color[3] === 1) return color;
    }
    return [255, 255, 255];
  };
  const found = [];
  for (const item of document.body.querySelectorAll('*')) {
    const own = [...item.childNodes].some(each => each.nodeType === 3 && each.data.trim());
    if (!own || ['TITLE', 'DESC', 'title', 'desc'].includes(item.tagName)) continue;
    const style = getComputedStyle(item);
    const front = parse(item.namespaceURI.endsWith('svg') ? style.fill : style.color);
    const [one, other] = [light(front), light(back(item))];
    const ratio = (Math.max(one, other) + .05) / (Math.min(one, other) + .05);
    if (ratio < 4.5) found.push(`${item.tagName}.${item.className}: ${ratio.toFixed(2)}`);
  }
  return [...new Set(found)];
})()
"""
"""Elements whose text has a contrast below 4.5 to what is behind them."""

OUTSIDE = """
[...document.querySelectorAll('body *')].filter(item => {
  const box = item.getBoundingClientRect();
  return box.width && !item.closest('.skip') && !item.parentElement.closest('.scroll')
    && !item.closest('.text') && (box.right > innerWidth + 1 || box.left < -1);
}).map(item => `${item.tagName}.${item.className?.baseVal ?? item.className} ${item.textContent.slice(0, 40)}`)
"""
"""Elements that are not within the width of the window, and not in a part that scrolls by itself."""

OVERLAPS = """
[...document.querySelectorAll('svg')].flatMap(plot => {
  const boxes = [...plot.querySelectorAll('text')].map(item => [item.textContent, item.getBoundingClientRect()]);
  return boxes.flatMap(([one, a], index) => boxes.slice(index + 1)
    .filter(([, b]) => a.left < b.right && b.left < a.right && a.top + 3 < b.bottom && b.top + 3 < a.bottom)
    .map(([other]) => `${one} / ${other}`));
})
"""
"""Words of a plot that lie upon each other."""

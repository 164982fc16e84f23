// What the page uses of lit, in one place.
import {noChange} from '/page/lib/lit-html/lit-html.js';
import {Directive, directive} from '/page/lib/lit-html/directive.js';

import {html, LitElement, nothing} from '/page/lib/lit/index.js';

export {html, LitElement, nothing};
export {repeat} from '/page/lib/lit-html/directives/repeat.js';
export {live} from '/page/lib/lit-html/directives/live.js';

// Styles of an element, set as properties: lit's own styleMap begins with an attribute, which the
// page's policy forbids. `<div ${styled({width: '3px'})}>`.
export const styled = directive(class extends Directive {
  render() {
    return noChange;
  }

  update(part, [styles]) {
    for (const [name, value] of Object.entries(styles)) {
      if (part.element.style[name] !== value) part.element.style[name] = value;
    }
    return noChange;
  }
});

const ICONS = {
  plus: 'M7 2.5h2V7h4.5v2H9v4.5H7V9H2.5V7H7z',
  play: 'M4 2.5v11l9-5.5z',
  pause: 'M3.5 2.5h3.2v11H3.5zM9.3 2.5h3.2v11H9.3z',
};

export const icon = name => html`<svg viewBox="0 0 16 16" width="13" height="13" aria-hidden="true"><path d=${ICONS[name]} fill="currentColor"></path></svg>`;

import { Tooltip } from '@mantine/core';
import { useEffect, useState } from 'react';

const delay = 300;

/**
 * The words of the attribute data-tip beside what is pointed at or has the focus. It is one
 * tooltip for all that a page has by the hundred, where one for each costs more than the
 * rest of them.
 */
export function Tips() {
  const [target, setTarget] = useState<HTMLElement | null>(null);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const listening = new AbortController();
    const hide = () => {
      clearTimeout(timer);
      setTarget(null);
    };
    const show = ({ target: on }: Event) => {
      hide();
      const tipped = on instanceof Element ? on.closest<HTMLElement>('[data-tip]') : null;
      if (tipped) timer = setTimeout(() => setTarget(tipped), delay);
    };
    document.addEventListener('pointerover', show, listening);
    document.addEventListener('focusin', show, listening);
    document.addEventListener('focusout', hide, listening);
    document.addEventListener('keydown', ({ key }) => key === 'Escape' && hide(), listening);
    return () => {
      listening.abort();
      clearTimeout(timer);
    };
  }, []);
  return target?.isConnected && <Tooltip opened target={target} label={target.dataset.tip} multiline maw={320} />;
}

/** A button that opens a list; it closes on Escape, on a click elsewhere, and after a choice. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Icon, type IconName } from './icon.tsx';

interface MenuProps {
  readonly label: string;
  readonly icon?: IconName;
  readonly children: ComponentChildren;
  /** Stays open after a click inside, for lists of boxes to tick. */
  readonly stays?: boolean;
}

export function Menu({ label, icon, children, stays = false }: MenuProps) {
  const box = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const close = (event: Event): void => {
      const element = box.current;
      if (!element?.open) return;
      if (event instanceof KeyboardEvent ? event.key === 'Escape' : !element.contains(event.target as Node)) {
        element.open = false;
        if (event instanceof KeyboardEvent) element.querySelector('summary')?.focus();
      }
    };
    addEventListener('click', close);
    addEventListener('keydown', close);
    return () => {
      removeEventListener('click', close);
      removeEventListener('keydown', close);
    };
  }, []);
  return (
    <details ref={box} class="menu">
      <summary class="button">
        {icon && <Icon name={icon} size={16} />}
        {label}
      </summary>
      <div
        class="menu-body"
        onClick={(event) => {
          if (!stays && (event.target as Element).closest('a') && box.current) box.current.open = false;
        }}
      >
        {children}
      </div>
    </details>
  );
}

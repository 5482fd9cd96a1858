/** The sign of Quorate: a Q in which something is agreed to. */
export function Logo({ size = 20 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" fill="none" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="#4353c9" />
      <circle cx="16" cy="15.5" r="8" stroke="#fff" strokeWidth="3" />
      <path d="M17.5 17.5l6.5 6.5" stroke="#fff" strokeWidth="3" strokeLinecap="round" />
      <path d="M12.6 15.6l2.4 2.4 4.4-4.6" stroke="#fff" strokeWidth="2.2" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}

import { useSearch } from '@tanstack/react-router';
import { texts } from '../../texts';
import { ChoosePassword } from './ChoosePassword';
import { Door } from './Door';

/** Where a link leads that an administrator made for somebody who has forgotten the password. */
export function ResetPasswordPage() {
  const { token } = useSearch({ from: '/outside/reset-password' });
  if (!token) return <Door title={texts.choose.badTitle} words={texts.choose.badWords} children={null} />;
  return <ChoosePassword token={token} welcome={false} />;
}

import { useSearch } from '@tanstack/react-router';
import { texts } from '../../texts';
import { ChoosePassword } from './ChoosePassword';
import { Door } from './Door';
import { Join } from './Join';

/** Where a person comes by a first link: one made for them, or one that invites anybody. */
export function NewUserPage() {
  const { token, invite } = useSearch({ from: '/outside/new-user' });
  if (invite) return <Join invite={invite} />;
  if (token) return <ChoosePassword token={token} welcome />;
  return <Door title={texts.choose.badTitle} words={texts.choose.badWords} children={null} />;
}

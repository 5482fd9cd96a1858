import { MultiSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type Asked, type ChangeRequest, reviewersQuery } from '../client/change-requests';
import { nameOf } from '../client/me';
import { texts } from '../texts';

interface ReviewersFieldProps {
  /** The request. Who has been asked already may be others than those who may approve now. */
  request: Pick<ChangeRequest, 'project' | 'environment' | 'reviewers' | 'reviewerGroups'>;
  value: Asked;
  onChange: (asked: Asked) => void;
  label?: string;
}

const most = 10;
const ofGroup = 'group ';

/** Whom a request asks for a review. */
export function askedOf(request: Pick<ChangeRequest, 'reviewers' | 'reviewerGroups'>): Asked {
  return { people: request.reviewers.map(({ id }) => id), groups: request.reviewerGroups.map(({ id }) => id) };
}

/** Chooses whom to ask for a review, among the people and groups who may approve. */
export function ReviewersField({ request, value, onChange, label = texts.request.reviewers }: ReviewersFieldProps) {
  const reviewers = useQuery(reviewersQuery(request.project, request.environment));
  const names = new Map(request.reviewers.map((person) => [String(person.id), person.name]));
  for (const person of reviewers.data?.reviewers ?? []) names.set(String(person.id), nameOf(person));
  for (const { id, name } of [...request.reviewerGroups, ...(reviewers.data?.reviewerGroups ?? [])]) {
    names.set(ofGroup + id, texts.request.groupOf(name));
  }
  return (
    <MultiSelect
      label={label}
      placeholder={value.people.length + value.groups.length === 0 ? texts.request.reviewersHint : ''}
      nothingFoundMessage={texts.request.noReviewers}
      searchable
      maxValues={most}
      data={[...names].map(([id, name]) => ({ value: id, label: name }))}
      value={[...value.people.map(String), ...value.groups.map((id) => ofGroup + id)]}
      onChange={(keys) =>
        onChange({
          people: keys.filter((key) => !key.startsWith(ofGroup)).map(Number),
          groups: keys.filter((key) => key.startsWith(ofGroup)).map((key) => Number(key.slice(ofGroup.length))),
        })
      }
    />
  );
}

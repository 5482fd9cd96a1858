import { PasswordInput, Textarea, TextInput } from '@mantine/core';
import type { ChangeEvent } from 'react';
import { masked, type Parameter } from '../../client/integrations';
import { Markdown } from '../../components/Markdown';
import { integrationTexts } from '../../texts/integrations';

interface ParameterFieldProps {
  parameter: Parameter;
  value: string;
  error: string | undefined;
  onChange: (value: string) => void;
}

/** A field for something that a provider has to know. */
export function ParameterField({ parameter, value, error, onChange }: ParameterFieldProps) {
  const { displayName, description, placeholder, required, sensitive, type } = parameter;
  const kept = sensitive && value === masked;
  const field = {
    label: displayName,
    description: (
      <>
        {description && <Markdown text={description} />}
        {kept && ` ${integrationTexts.form.kept}`}
      </>
    ),
    placeholder: placeholder ?? '',
    required,
    withAsterisk: false,
    autoComplete: 'off',
    autoCapitalize: 'none',
    spellCheck: false,
    value,
    error,
    // What is typed beside the mask is another secret, and the mask no part of it.
    onChange: ({ currentTarget }: ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) =>
      onChange(kept ? currentTarget.value.replace(/^\*+|\*+$/g, '') : currentTarget.value),
    onFocus: ({ currentTarget }: { currentTarget: HTMLInputElement | HTMLTextAreaElement }) => kept && currentTarget.select(),
  };
  if (type === 'textfield') return <Textarea autosize minRows={2} maxRows={8} {...field} />;
  if (sensitive && type === 'text') return <PasswordInput {...field} />;
  return <TextInput inputMode={type === 'url' ? 'url' : 'text'} {...field} />;
}

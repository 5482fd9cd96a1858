import { TagsInput, type TagsInputProps } from '@mantine/core';
import { texts } from '../texts';

interface ValuesFieldProps extends Omit<TagsInputProps, 'value' | 'onChange'> {
  value: string[];
  onChange: (values: string[]) => void;
}

/** Any number of texts, each followed by Enter or a comma; many can be pasted at once. */
export function ValuesField({ value, onChange, ...props }: ValuesFieldProps) {
  return (
    <TagsInput
      placeholder={value.length === 0 ? texts.constraint.valuesHint : ''}
      {...props}
      acceptValueOnBlur
      splitChars={[',', ';', '\n']}
      value={value}
      onChange={(values) => onChange(split(values))}
    />
  );
}

/** Takes apart what came in one piece, and drops what is empty or there twice. */
function split(values: string[]): string[] {
  const all = values.flatMap((value) => value.split(/[,;\n]/)).map((value) => value.trim());
  return [...new Set(all)].filter((value) => value !== '');
}

import { useEffect, useId, useRef } from 'react'
import { scopeLabels } from '#app/api/http/api-key-text.ts'
import { RadioGroup } from '#app/ui/choices.tsx'
import { TextField } from '#app/ui/text-field.tsx'
import { type Scope, scopes } from '#contract/api-keys.ts'
import type { DraftFaults, KeyDraft } from './key-draft.ts'
import { dateFieldValue, expiryChoices, expiryLabels } from './key-draft.ts'

type CreateKeyFormProps = {
  draft: KeyDraft
  faults: DraftFaults
  onChange: (draft: KeyDraft) => void
}

/** The fields of a new key: name, scopes, expiry. */
export function CreateKeyForm({ draft, faults, onChange }: CreateKeyFormProps) {
  const nameField = useRef<HTMLInputElement & HTMLTextAreaElement>(null)
  // The dialog leaves the focus where it is when it is inside already, instead of on its `Close`.
  useEffect(() => nameField.current?.focus(), [])
  return (
    <>
      <TextField
        ref={nameField}
        label="Name"
        value={draft.name}
        onChange={(name) => onChange({ ...draft, name })}
        error={faults.name}
        description="What will use it, so that you know it again: laptop, backup script."
        autoComplete="off"
        maxLength={100}
      />
      <ScopeChoice
        chosen={draft.scopes}
        fault={faults.scopes}
        onChange={(chosen) => onChange({ ...draft, scopes: chosen })}
      />
      <div className="flex flex-col gap-3">
        <RadioGroup
          label="Expires"
          value={draft.expiry}
          onChange={(expiry) => onChange({ ...draft, expiry })}
          options={expiryChoices.map((value) => ({ value, label: expiryLabels[value] }))}
        />
        {draft.expiry === 'date' && (
          <TextField
            label="Last day"
            type="date"
            min={dateFieldValue(Date.now())}
            value={draft.date}
            onChange={(date) => onChange({ ...draft, date })}
            error={faults.date}
          />
        )}
      </div>
    </>
  )
}

type ScopeChoiceProps = {
  chosen: readonly Scope[]
  fault: string | undefined
  onChange: (chosen: Scope[]) => void
}

function ScopeChoice({ chosen, fault, onChange }: ScopeChoiceProps) {
  const faultId = useId()
  return (
    <fieldset aria-describedby={fault ? faultId : undefined}>
      <legend className="mb-1 font-medium text-sm">Scopes</legend>
      {scopes.map((scope) => (
        <label
          key={scope}
          className="-mx-2 flex h-8 touch-target items-center gap-2.5 rounded-md px-2 hover:bg-hover"
        >
          <input
            type="checkbox"
            className="checkbox shrink-0"
            checked={chosen.includes(scope)}
            // In the contract's order, whatever the order of the clicks.
            onChange={({ target }) =>
              onChange(
                scopes.filter((one) => (one === scope ? target.checked : chosen.includes(one))),
              )
            }
          />
          <span className="grow">{scopeLabels(scope)}</span>
          <span className="text-muted text-sm">{scope}</span>
        </label>
      ))}
      {fault && (
        <p id={faultId} role="alert" className="mt-1 text-danger text-sm">
          {fault}
        </p>
      )}
    </fieldset>
  )
}

# powershell completion for helm                            -*- shell-script -*-

# Asks the program that is being typed for candidates. Lines are a word, or a word, a tab and what it means; the last line
# is a colon and a number whose bits say: 1 failure, 2 no space after the word, 4 no files.
[scriptblock]$__helmCompleter = {
    param($WordToComplete, $CommandAst, $CursorPosition)

    $words = @($CommandAst.CommandElements |
        Where-Object { $_.Extent.EndOffset -le $CursorPosition } |
        ForEach-Object { $_.Extent.Text })
    $program = $words[0]
    $typed = @($words | Select-Object -Skip 1)
    if ($WordToComplete -eq '') {
        # Older versions drop an argument that is empty.
        if ($PSVersionTable.PSVersion -lt [version]'7.3.0') { $typed += '""' } else { $typed += '' }
    }
    $lines = @(& $program '@REQUEST@' @typed 2>$null)
    if ($lines.Count -eq 0) { return }
    $directive = 0
    if ($lines[-1] -match '^:(\d+)$') { $directive = [int]$Matches[1] }
    $lines = @($lines | Select-Object -SkipLast 1)
    if ($directive -band 1) { return }
    $space = if ($directive -band 2) { '' } else { ' ' }
    $prefix = ''
    $wanted = $WordToComplete
    if ($WordToComplete -match '^(-[^=]*=)(.*)$') {
        $prefix = $Matches[1]
        $wanted = $Matches[2]
    }
    $found = @($lines | Where-Object { -not $_.StartsWith('_activeHelp_ ') } | ForEach-Object {
        $word, $meaning = $_ -split "`t", 2
        if ($word -like "$wanted*") {
            if (-not $meaning) { $meaning = $word }
            [System.Management.Automation.CompletionResult]::new("$prefix$word$space", $word, 'ParameterValue', $meaning)
        }
    })
    if ($found.Count -eq 0 -and ($directive -band 4)) { return '' }
    $found
}

Register-ArgumentCompleter -CommandName 'helm' -ScriptBlock $__helmCompleter

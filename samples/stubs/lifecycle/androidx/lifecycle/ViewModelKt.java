package androidx.lifecycle;

import kotlinx.coroutines.CoroutineScope;

public final class ViewModelKt {
  public static final CoroutineScope getViewModelScope(ViewModel viewModel) {
    return null;
  }
}
